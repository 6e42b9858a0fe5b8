import { AiError } from '@ainotebook/ai';
import { type AnswerFailure, answerFailureSchema } from '@ainotebook/contract';

/** Why a model's provider did not answer; null for everything else, and for what was ended on purpose. */
export function aiFailureOf(error: unknown): AnswerFailure | null {
  if (!(error instanceof AiError)) return null;
  return answerFailureSchema.safeParse(error.kind).data ?? null;
}
