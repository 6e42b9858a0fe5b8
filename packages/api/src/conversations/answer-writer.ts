import type { AnswerFailure, Passage, Receipt } from '@ainotebook/contract';

/** What was said before, oldest first. */
export interface FormerTurn {
  role: 'user' | 'assistant';
  content: string;
}

/** What an answer may stand on: a passage of a note, or what a page of the web says (without a note). */
export interface GivenPassage extends Omit<Passage, 'articleId' | 'score'> {
  articleId: string | null;
  url: string | null;
  fetchedAt: Date | null;
}

export interface AnswerTask {
  /** Who asks. */
  userId: string;
  question: string;
  history: readonly FormerTurn[];
  passages: readonly GivenPassage[];
}

/** `given`: only these passages were read. `queued`: so many answers come before it. `start` comes before the first text; `end` last, and only where the answer came to its own end. */
export type AnswerPart =
  | { type: 'given'; passages: readonly GivenPassage[] }
  | { type: 'queued'; ahead: number }
  | { type: 'start'; provider: string; model: string }
  | { type: 'text'; text: string }
  | {
      type: 'end';
      /** The passages do not answer the question. */
      isNotFound: boolean;
      /** It is as long as it may be, and had not come to its end. */
      isCut: boolean;
      /** Why there is no more of it; null where that is all. */
      failure: AnswerFailure | null;
      /** Null where nobody counts. */
      usage:
        | (Pick<Receipt, 'isEstimated' | 'costMicroYuan'> &
            Record<'inputTokens' | 'outputTokens', number>)
        | null;
    };

/** What writes answers: a model, or the engine that quotes. */
export interface AnswerWriter {
  /** Its answers are sentences of the passages. */
  readonly isExtractive: boolean;
  /**
   * Writes an answer with the numbers of its passages in it, `[2]`.
   * @throws an error whose `kind` or `code` is an `AnswerFailure`
   */
  write(task: AnswerTask, signal: AbortSignal): AsyncIterable<AnswerPart>;
}
