import { LIMITS } from '@ainotebook/contract/limits';

/** Until when somebody keeps what a plan gave that has ended. */
export const graceEnd = (endsAt: Date): Date =>
  new Date(endsAt.getTime() + LIMITS.planGraceDays * 86_400_000);
