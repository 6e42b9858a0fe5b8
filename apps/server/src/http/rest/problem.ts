import type { AppError } from '@ainotebook/api';
import { type AppErrorCode, appErrorCodeSchema } from '@ainotebook/contract';
import type { Response } from 'express';
import { z } from 'zod';
import { requestIdOf } from '../request-id.js';

/** The error of every address below `/api/v1` (RFC 9457). `code` is what programs branch on. */
export const problemSchema = z.object({
  /** Where the code is explained. */
  type: z.url(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: appErrorCodeSchema,
  /** Quote it to the operator: the log has it. */
  requestId: z.string(),
  /** The refused fields of the input. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
type Problem = z.infer<typeof problemSchema>;

/** `not_found` as people read it. */
export const titleOf = (code: AppErrorCode): string =>
  `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`.replaceAll('_', ' ');

/** Answers with an error in the form of RFC 9457. */
export function sendProblem(
  res: Response,
  error: AppError,
  { status, docsUrl }: { status: number; docsUrl: string },
): void {
  if (error.retryAfterMs) res.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1000));
  // Of a 5xx only what it is for its caller; the log has the rest.
  const detail = error.code === 'internal' ? 'Internal error' : error.message;
  const problem: Problem = {
    type: `${docsUrl}#error-${error.code}`,
    title: titleOf(error.code),
    status,
    detail,
    code: error.code,
    requestId: requestIdOf(res),
    ...(error.fields ? { errors: error.fields } : {}),
  };
  res.status(status).type('application/problem+json').send(JSON.stringify(problem));
}
