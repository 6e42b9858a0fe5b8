// The faults of the saves proof: the server and its database die in every order.
import { setTimeout as sleep } from 'node:timers/promises';

const BUSY_MS = 60_000;
const BUSY_SAVES = 25;

const KINDS = ['server', 'both', 'postmaster', 'backend', 'starting', 'stopped'];

/**
 * Strikes `count` times, each time while saves are under way; every kind comes up in every six.
 * @returns how often each struck, and the milliseconds from each start after a kill to being ready
 */
export async function strikeWhileBusy({ server, ledger, random, count }) {
  const faults = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  const readyMs = [];
  const strike = {
    server: async () => {
      await server.kill();
      readyMs.push(await server.start());
    },
    both: async () => {
      server.killPostmaster();
      await server.kill();
      readyMs.push(await server.start());
    },
    postmaster: async () => {
      server.killPostmaster();
      // The server lives on without its database for a while and must not say "saved".
      await sleep(200 + random() * 800);
      await server.kill();
      readyMs.push(await server.start());
    },
    backend: () => server.killBackend(),
    starting: async () => {
      await server.kill();
      server.launch();
      await sleep(random() * 900);
      await server.kill();
      readyMs.push(await server.start());
    },
    stopped: async () => {
      await server.stop();
      await server.start();
    },
  };
  let deck = [];
  for (let n = 0; n < count; n++) {
    if (deck.length === 0) {
      deck = KINDS.map((kind) => ({ kind, at: random() })).sort((a, b) => a.at - b.at);
    }
    await untilBusy(ledger);
    await sleep(random() * 600);
    const { kind } = deck.pop();
    await strike[kind]();
    faults[kind] += 1;
  }
  await untilBusy(ledger);
  return { faults, readyMs };
}

/** Saves are acknowledged again: a fault on an idle server would prove nothing. */
async function untilBusy(ledger) {
  const wanted = ledger.saved.length + BUSY_SAVES;
  const deadline = performance.now() + BUSY_MS;
  while (ledger.saved.length < wanted) {
    if (ledger.strange.length > 0) return;
    if (performance.now() > deadline) throw new Error('The server is ready but saves nothing');
    await sleep(10);
  }
}
