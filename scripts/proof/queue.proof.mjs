// Proof of the delivery by BullMQ, whose Redis is wiped under load; see outbox-proof.mjs.
//   node scripts/proof/queue.proof.mjs [--short] [--seed N]     (needs redis-server on PATH)
import { proveOutbox } from './outbox-proof.mjs';

process.exitCode = (await proveOutbox({ hasQueue: true })) ? 0 : 1;
