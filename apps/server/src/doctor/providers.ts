import { createModels } from '../ai.js';
import { EnvError, type Settings } from '../env.js';
import { createPayments } from '../payments.js';
import { type Finding, findingsOf, reasonOf } from './finding.js';

const WAIT_MS = 30_000;

/**
 * Which services of others are set up; each is called once where `isLive`, which may cost a few tokens.
 */
export async function checkProviders(
  settings: Settings,
  { isLive }: { isLive: boolean },
): Promise<Finding[]> {
  const { found, ok, fail, off, warn } = findingsOf('providers');
  /** What keeps a server in production from starting is a finding here. */
  const made = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      for (const line of error.lines) fail(line);
      return null;
    }
  };
  const models = made(() =>
    createModels(settings, { warn: (line) => warn(line), onCall: () => undefined }),
  );
  const { chat = null, embedding = null, webSearch = null } = models ?? {};
  const ask = async (name: string, call: () => Promise<unknown>) => {
    if (!isLive) return ok(`${name} is set up (--live calls it).`);
    const begunAt = performance.now();
    try {
      await call();
      ok(`${name} answers in ${Math.round(performance.now() - begunAt)} ms.`);
    } catch (error) {
      fail(`${name} fails: ${reasonOf(error)}`, 'Look at its key, its balance and its address.');
    }
  };
  const signal = () => AbortSignal.timeout(WAIT_MS);
  if (chat) {
    await ask(`Chat by ${chat.provider}, ${chat.model},`, async () => {
      const messages = [{ role: 'user' as const, content: 'Say: ok' }];
      for await (const event of chat.stream({ messages, maxTokens: 64, signal: signal() })) {
        if (event.type === 'text') return;
      }
    });
  } else off('No model: answers are quotes of notes.');
  if (embedding) {
    await ask(`Vectors by ${embedding.provider}, ${embedding.model},`, () =>
      embedding.embed(['ok'], { kind: 'query', signal: signal() }),
    );
  } else off('No vectors: words alone are searched.');
  if (webSearch) {
    await ask('Web search', () => webSearch.search('ok', { signal: signal() }));
  } else off('No web search.');
  const channels = Object.keys(made(() => createPayments(settings, (line) => warn(line))) ?? {});
  if (channels.length > 0) ok(`Payments are set up: ${channels.join(', ')}.`);
  else off('No payments.');
  if (settings.env.SMTP_URL && settings.env.MAIL_FROM) ok('Mail is set up.');
  else off('No mail (SMTP_URL and MAIL_FROM).');
  return found;
}
