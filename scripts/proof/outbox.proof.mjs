// Proof of the delivery in process; see outbox-proof.mjs.
//   node scripts/proof/outbox.proof.mjs [--short] [--seed N]     (build first; DATABASE_URL optional)
import { proveOutbox } from './outbox-proof.mjs';

process.exitCode = (await proveOutbox({ hasQueue: false })) ? 0 : 1;
