import { WEBHOOK_EVENTS, webhookFailureSchema } from '@ainotebook/contract';
import { describe, expect, it } from 'vitest';
import { EVENTS, eventText, failureText } from './webhook-words.js';

describe('the words of webhooks', () => {
  it('offer everything there is, each with words of its own', () => {
    expect([...EVENTS].sort()).toEqual([...WEBHOOK_EVENTS].sort());
    const words = [...EVENTS, 'webhook.test'].map(eventText);
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((text) => text.includes('.'))).toEqual([]);
    expect(eventText('article.eaten')).toBe('article.eaten');
    expect(eventText('constructor')).toBe('constructor');
  });

  it('say of every failure what to do', () => {
    const texts = webhookFailureSchema.options.map((failure) =>
      failureText({ failure, responseStatus: 503 }),
    );
    expect(new Set(texts).size).toBe(texts.length);
    expect(failureText({ failure: 'status', responseStatus: 503 })).toContain('503');
    expect(failureText({ failure: null, responseStatus: 200 })).toBeNull();
  });
});
