import {
  answerInvoiceInput,
  invoiceOfInput,
  invoiceSchema,
  listedInvoiceSchema,
  listInvoicesInput,
  pageOf,
  requestInvoiceInput,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure } from '../procedures.js';
import { answerInvoice, getInvoice, listInvoices, requestInvoice } from './invoices.service.js';

export const invoicesRouter = {
  /** What was asked for an order; null when nothing was. @throws not_found */
  get: authedProcedure
    .input(invoiceOfInput)
    .output(invoiceSchema.nullable())
    .query(({ ctx, input }) => getInvoice(ctx, input)),
  /** @throws not_found; conflict (not paid, all given back, or issued) */
  request: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(requestInvoiceInput)
    .output(invoiceSchema)
    .mutation(({ ctx, input }) => requestInvoice(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminInvoicesRouter = {
  list: adminProcedure
    .input(listInvoicesInput)
    .output(pageOf(listedInvoiceSchema))
    .query(({ ctx, input }) => listInvoices(ctx, input)),
  /** @throws not_found, conflict */
  answer: adminProcedure
    .meta({ idempotency: 'natural' })
    .input(answerInvoiceInput)
    .output(z.void())
    .mutation(({ ctx, input }) => answerInvoice(ctx, input)),
} satisfies TRPCRouterRecord;
