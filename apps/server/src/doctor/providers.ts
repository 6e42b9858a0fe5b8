import { createModels } from '../ai.js';
import { EnvError, type Settings } from '../env.js';
import { makeMailer } from '../mail.js';
import { createPayments } from '../payments.js';
import { type Finding, findingsOf, reasonOf } from './finding.js';

const WAIT_MS = 30_000;
const KEY = 'Look at its key, its balance and its address.';
const CHANNEL = 'Look at the numbers and keys of the merchant, and the clock of this machine.';
const MAIL = 'Look at host, port, user and password in SMTP_URL.';

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
  const { chatModels = [], embedding = null, webSearch = null } = models ?? {};
  const ask = async (name: string, call: () => Promise<unknown>, mend = KEY) => {
    if (!isLive) return ok(`${name} is set up (--live calls it).`);
    const begunAt = performance.now();
    try {
      await call();
      ok(`${name} answers in ${Math.round(performance.now() - begunAt)} ms.`);
    } catch (error) {
      fail(`${name} fails: ${reasonOf(error)}`, mend);
    }
  };
  const signal = () => AbortSignal.timeout(WAIT_MS);
  // Each by itself: the next one would answer for it.
  for (const chat of chatModels) {
    await ask(`Chat by ${chat.provider}, ${chat.model},`, async () => {
      const messages = [{ role: 'user' as const, content: 'Say: ok' }];
      for await (const event of chat.stream({ messages, maxTokens: 64, signal: signal() })) {
        if (event.type === 'text') return;
      }
    });
  }
  if (chatModels.length === 0)
    off(
      'No model of the environment: unless one is picked in the administration, answers are quotes of notes.',
    );
  if (embedding) {
    await ask(`Vectors by ${embedding.provider}, ${embedding.model},`, () =>
      embedding.embed(['ok'], { kind: 'query', signal: signal() }),
    );
  } else
    off(
      'No vectors of the environment: unless a model is picked in the administration, words alone are searched.',
    );
  if (webSearch) {
    await ask('Web search', () => webSearch.search('ok', { signal: signal() }));
  } else off('No web search.');
  const channels = Object.values(made(() => createPayments(settings, (line) => warn(line))) ?? {});
  for (const channel of channels) {
    // A number that nobody has: what answers so has believed our signature.
    await ask(`Payment by ${channel.name}`, () => channel.query(`doctor${Date.now()}`), CHANNEL);
  }
  if (channels.length === 0) off('No payments.');
  const mailer = makeMailer(settings.env);
  if (mailer) {
    await ask('Mail', () => mailer.check(), MAIL);
    mailer.close();
  } else off('No mail (SMTP_URL and MAIL_FROM).');
  return found;
}
