import { z } from 'zod';
import { registrationSchema } from './admin.js';

/** What a client needs before anybody has signed in. */
export const systemInfoSchema = z.object({
  version: z.string(),
  appName: z.string(),
  /** As its administrators call it; `appName` where they do not. */
  siteName: z.string(),
  registration: registrationSchema,
  /** True until the first admin exists and a set-up token can make one. */
  needsSetup: z.boolean(),
  /** Whether those who register must agree to them: `/terms`, `/privacy`. */
  hasTerms: z.boolean(),
  hasPrivacy: z.boolean(),
  /** Whether the server can send mail: without it an administrator hands out links. */
  hasMail: z.boolean(),
  /** Whether questions can be looked up in the web. */
  hasWebSearch: z.boolean(),
  /** Whether the server makes PDFs of notes. */
  hasPdf: z.boolean(),
  /** Sign-in shown on the first page of a demo; null everywhere else. */
  demo: z.object({ email: z.string(), password: z.string() }).nullable(),
});
export type SystemInfo = z.infer<typeof systemInfoSchema>;
