import { z } from 'zod';
import { id, line, pageInput } from './common.js';
import { LIMITS } from './limits.js';
import { emailSchema } from './users.js';

export const invoiceStatusSchema = z.enum(['requested', 'issued', 'declined']);

const title = line(100).pipe(z.string().min(1));
/** A unified social credit code, or one of the older numbers: 15 to 20 letters and digits. */
const taxNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[0-9A-Z]{15,20}$/, 'must have 15 to 20 letters and digits');

/** To whom an order is to be invoiced, and where the invoice is sent. Asked again, the former wish is replaced. */
export const requestInvoiceInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('personal'), orderId: id, title, email: emailSchema }),
  z.strictObject({
    kind: z.literal('company'),
    orderId: id,
    title,
    taxNumber,
    email: emailSchema,
  }),
]);
export type RequestInvoiceInput = z.infer<typeof requestInvoiceInput>;

/** Money in whole fen of CNY. */
export const invoiceSchema = z.object({
  id,
  orderId: id,
  kind: z.enum(['personal', 'company']),
  title: z.string(),
  taxNumber: z.string().nullable(),
  email: z.string(),
  amountFen: z.number().int(),
  status: invoiceStatusSchema,
  /** The invoice's number when it is issued, the reason when it is declined. */
  answer: z.string().nullable(),
  answeredAt: z.date().nullable(),
  createdAt: z.date(),
});
export type Invoice = z.infer<typeof invoiceSchema>;

export const invoiceOfInput = z.strictObject({ orderId: id });

/** With what the administrator compares it with. */
export const listedInvoiceSchema = invoiceSchema.extend({
  outTradeNo: z.string(),
  /** What is left of the order's money now: less than `amountFen` after a refund. */
  keptFen: z.number().int(),
});
export type ListedInvoice = z.infer<typeof listedInvoiceSchema>;

export const listInvoicesInput = z
  .strictObject({ ...pageInput, status: invoiceStatusSchema.optional() })
  .default({ limit: LIMITS.pageSize });
export type ListInvoicesInput = z.infer<typeof listInvoicesInput>;

/** `answer`: the number of the invoice, or why there is none. */
export const answerInvoiceInput = z.strictObject({
  id,
  status: z.enum(['issued', 'declined']),
  answer: line(100).pipe(z.string().min(1)),
});
export type AnswerInvoiceInput = z.infer<typeof answerInvoiceInput>;
