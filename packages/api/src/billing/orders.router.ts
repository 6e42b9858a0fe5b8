import {
  byId,
  createOrderInput,
  listAllOrdersInput,
  listedOrderSchema,
  listOrdersInput,
  orderRecordSchema,
  orderSchema,
  pageOf,
  paymentChannelInfoSchema,
  refundOrderInput,
  revenueMonthSchema,
  shopReportSchema,
} from '@ainotebook/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { adminProcedure, authedProcedure, publicProcedure } from '../procedures.js';
import { createOrder } from './checkout.js';
import { getOrderRecord, listAllOrders } from './order-records.js';
import {
  checkOrder,
  getOrder,
  listChannels,
  listOrders,
  refundOrder,
  retryRefundOf,
} from './orders.service.js';
import { readRevenue, readShopReport } from './shop-report.js';

export const ordersRouter = {
  channels: publicProcedure
    .output(z.array(paymentChannelInfoSchema))
    .query(({ ctx }) => listChannels(ctx)),
  list: authedProcedure
    .input(listOrdersInput)
    .output(pageOf(orderSchema))
    .query(({ ctx, input }) => listOrders(ctx, input)),
  get: authedProcedure
    .input(byId)
    .output(orderSchema)
    .query(({ ctx, input }) => getOrder(ctx, input)),
  /** The same again is the same order; it asks a channel, so it holds no transaction. */
  create: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(createOrderInput)
    .output(orderSchema)
    .mutation(({ ctx, input }) => createOrder(ctx, input)),
  check: authedProcedure
    .meta({ idempotency: 'natural' })
    .input(byId)
    .output(orderSchema)
    .mutation(({ ctx, input }) => checkOrder(ctx, input)),
} satisfies TRPCRouterRecord;

export const adminOrdersRouter = {
  list: adminProcedure
    .input(listAllOrdersInput)
    .output(pageOf(listedOrderSchema))
    .query(({ ctx, input }) => listAllOrders(ctx, input)),
  get: adminProcedure
    .input(byId)
    .output(orderRecordSchema)
    .query(({ ctx, input }) => getOrderRecord(ctx, input)),
  revenue: adminProcedure.output(z.array(revenueMonthSchema)).query(({ ctx }) => readRevenue(ctx)),
  report: adminProcedure.output(shopReportSchema).query(({ ctx }) => readShopReport(ctx)),
  refund: adminProcedure
    .input(refundOrderInput)
    .output(z.void())
    .mutation(({ ctx, input }) => refundOrder(ctx, input)),
  /** @throws not_found, conflict, payment_off */
  retryRefund: adminProcedure
    .input(byId)
    .output(z.void())
    .mutation(({ ctx, input }) => retryRefundOf(ctx, input)),
} satisfies TRPCRouterRecord;
