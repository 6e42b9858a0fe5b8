import { describe, expect, it } from 'vitest';
import type { AiFailure } from './ai-error.js';
import type { ChatModel } from './chat-model.js';
import { aiError } from './failures.js';
import { createFallback } from './fallback.js';
import { ask, outcomeOf } from './test-support.js';

const USAGE = {
  inputTokens: 1,
  cachedTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
  isEstimated: false,
};

/** A model that fails as `plan` says for one call after the other (null: it answers), with or without a piece. */
function scripted(name: string, plan: (AiFailure | null)[], { saysFirst = false } = {}) {
  const asked = { count: 0 };
  const model: ChatModel = {
    provider: name,
    model: `${name}-model`,
    contextTokens: 1000,
    async *stream() {
      const failure = plan[Math.min(asked.count, plan.length - 1)] ?? null;
      asked.count += 1;
      if (failure === null || saysFirst) {
        yield { type: 'start', provider: name, model: `${name}-model` };
        yield { type: 'text', text: `by ${name}` };
      }
      if (failure !== null) throw aiError(failure, name);
      yield { type: 'finish', reason: 'stop', usage: USAGE };
    },
  };
  return { model, asked };
}

describe('fallback', () => {
  it.each<AiFailure>([
    'rate_limited',
    'unavailable',
    'bad_key',
    'unknown_model',
    'timeout',
    'no_credit',
  ])('hands over what failed as %s before its first piece', async (failure) => {
    const second = scripted('second', [null]);
    const both = createFallback([scripted('first', [failure]).model, second.model]);
    const { text, events, error } = await outcomeOf(both, ask('问'));
    expect(error).toBeUndefined();
    expect(text).toBe('by second');
    expect(events[0]).toEqual({ type: 'start', provider: 'second', model: 'second-model' });
  });

  it.each<AiFailure>(['refused', 'too_long', 'filtered', 'aborted'])(
    'hands nothing over that failed as %s',
    async (failure) => {
      const second = scripted('second', [null]);
      const both = createFallback([scripted('first', [failure]).model, second.model]);
      expect((await outcomeOf(both, ask('问'))).error).toMatchObject({ kind: failure });
      expect(second.asked.count).toBe(0);
    },
  );

  it('changes nobody after the first piece', async () => {
    const second = scripted('second', [null]);
    const first = scripted('first', ['cut_off'], { saysFirst: true });
    const { text, error } = await outcomeOf(createFallback([first.model, second.model]), ask('问'));
    expect(text).toBe('by first');
    expect(error).toMatchObject({ kind: 'cut_off', provider: 'first' });
    expect(second.asked.count).toBe(0);
  });

  it('names everybody where all have failed', async () => {
    const models = [scripted('first', ['unavailable']), scripted('second', ['bad_key'])] as const;
    const { error } = await outcomeOf(
      createFallback([models[0].model, models[1].model]),
      ask('问'),
    );
    expect(error).toMatchObject({
      kind: 'unavailable',
      message: 'first has a fault of its own; second does not take the key',
    });
  });

  it('asks last for a minute whom it has seen fail three times', async () => {
    let at = 0;
    const first = scripted('first', ['unavailable', 'unavailable', 'unavailable', null]);
    const second = scripted('second', [null]);
    const both = createFallback([first.model, second.model], { now: () => at });
    const answeredBy = async () => (await outcomeOf(both, ask('问'))).text;
    for (let time = 0; time < 5; time += 1) expect(await answeredBy()).toBe('by second');
    expect(first.asked.count).toBe(3);
    at = 60_000;
    expect(await answeredBy()).toBe('by first');
    expect(await answeredBy()).toBe('by first');
  });

  it('still asks whom it has seen fail where there is nobody else', async () => {
    const only = scripted('only', ['timeout', 'timeout', 'timeout', null]);
    const model = createFallback([only.model]);
    for (let time = 0; time < 3; time += 1)
      expect((await outcomeOf(model, ask('问'))).error).toMatchObject({ kind: 'timeout' });
    expect((await outcomeOf(model, ask('问'))).text).toBe('by only');
  });
});
