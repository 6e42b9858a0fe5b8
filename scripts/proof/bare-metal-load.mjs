// People who read, save and open pages while the server is replaced under them.
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient, openPerson } from './http-client.mjs';

const CLIENTS = 12;

/**
 * Begins at once.
 * @param {{ baseUrl: string, ca: string, pages: string[] }} options `pages` that everybody may open
 * @returns {{ ready: Promise<void>, stop: () => Promise<{ requests: number, saves: number, failures: string[], versions: string[] }> }}
 *   `ready` when everybody is there
 */
export function openLoad({ baseUrl, ca, pages }) {
  const failures = [];
  let requests = 0;
  let saves = 0;
  let isOver = false;
  let here = 0;
  let allHere;
  const ready = new Promise((resolve) => {
    allHere = resolve;
  });

  async function live(index) {
    const client = createHttpClient(baseUrl, {
      // nginx counts by address, and believes no header.
      network: { localAddress: `127.0.1.${index + 1}`, ca },
      onRequest: () => {
        requests += 1;
      },
      onFailure: (text) => failures.push(text),
    });
    try {
      const person = await openPerson(client, `load-${index}`);
      here += 1;
      if (here === CLIENTS) allHere();
      for (let turn = index; !isOver; turn += 1) {
        // Connections are often idle when their process ends.
        await sleep(20 + (turn % 5) * 30);
        if (turn % 3 === 0) await person.read();
        else if (turn % 3 === 1) await client.call('GET', pages[turn % pages.length]);
        else {
          await person.save(`text ${turn}`);
          saves += 1;
        }
      }
    } finally {
      client.close();
    }
  }

  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    live(index).catch((error) => failures.push(String(error))),
  );
  return {
    ready: Promise.race([ready, Promise.all(clients).then(() => undefined)]),
    stop: async () => {
      isOver = true;
      await Promise.all(clients);
      return { requests, saves, failures };
    },
  };
}
