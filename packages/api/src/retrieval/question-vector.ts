import { AiError } from '@ainotebook/ai';
import type { Embedding } from '../usage/metered-embedding.js';

/** How long a question waits for the model before it is answered by words alone. */
const DEADLINE_MS = 2_000;

/** A vector for each way a question is put, or why there are none. */
export type QuestionVectors =
  | { vectors: readonly Float32Array[]; tokens: number; why: null }
  | { vectors: null; tokens: number; why: 'no_model' | 'model_timeout' | 'model_failed' };

/** Asks the model for a question's vectors in one call; never throws and never takes longer than two seconds. */
export async function embedQuestion(
  model: Embedding | null,
  { userId, texts }: { userId: string; texts: readonly string[] },
): Promise<QuestionVectors> {
  if (!model) return { vectors: null, tokens: 0, why: 'no_model' };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  // A model that does not listen to its signal is not waited for.
  const late = new Promise<'late'>((resolve) => {
    signal.addEventListener('abort', () => resolve('late'), { once: true });
  });
  try {
    const asked = model.embed(texts, { kind: 'query', userId, signal });
    const answer = await Promise.race([asked, late]);
    if (answer === 'late') return { vectors: null, tokens: 0, why: 'model_timeout' };
    const { vectors, tokens } = answer;
    const fits = vectors.every(
      (vector) => vector.length === model.dimensions && vector.every(Number.isFinite),
    );
    if (fits && vectors.length === texts.length) return { vectors, tokens, why: null };
    return { vectors: null, tokens, why: 'model_failed' };
  } catch (error) {
    const isSlow = signal.aborted || (error instanceof AiError && error.kind === 'timeout');
    return { vectors: null, tokens: 0, why: isSlow ? 'model_timeout' : 'model_failed' };
  }
}
