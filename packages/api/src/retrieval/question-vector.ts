import { AiError } from '@ainotebook/ai';
import type { Embedding } from '../usage/metered-embedding.js';

/** How long a question waits for the model before it is answered by words alone. */
const DEADLINE_MS = 2_000;

/** The vector of a question, or why there is none. */
export type QuestionVector =
  | { vector: Float32Array; tokens: number; why: null }
  | { vector: null; tokens: number; why: 'no_model' | 'model_timeout' | 'model_failed' };

/** Asks the model for a question's vector; never throws and never takes longer than two seconds. */
export async function embedQuestion(
  model: Embedding | null,
  { userId, question }: { userId: string; question: string },
): Promise<QuestionVector> {
  if (!model) return { vector: null, tokens: 0, why: 'no_model' };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  // A model that does not listen to its signal is not waited for.
  const late = new Promise<'late'>((resolve) => {
    signal.addEventListener('abort', () => resolve('late'), { once: true });
  });
  try {
    const asked = model.embed([question], { kind: 'query', userId, signal });
    const answer = await Promise.race([asked, late]);
    if (answer === 'late') return { vector: null, tokens: 0, why: 'model_timeout' };
    const [vector] = answer.vectors;
    const fits = vector?.length === model.dimensions && vector.every(Number.isFinite);
    if (vector && fits) return { vector, tokens: answer.tokens, why: null };
    return { vector: null, tokens: answer.tokens, why: 'model_failed' };
  } catch (error) {
    const isSlow = signal.aborted || (error instanceof AiError && error.kind === 'timeout');
    return { vector: null, tokens: 0, why: isSlow ? 'model_timeout' : 'model_failed' };
  }
}
