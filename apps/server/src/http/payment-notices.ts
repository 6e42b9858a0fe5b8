import { type Services, takeNotice } from '@ainotebook/api';
import express, { type RequestHandler, Router } from 'express';
import type { Logger } from '../logger.js';
import { requestIdOf } from './request-id.js';

/** A notice has some kilobytes. */
const MOST = '64kb';

/**
 * `POST /api/payments/{alipay,wechat}/notify`. No session, no cookie and no check of the sender's
 * site: a notice is believed for its signature alone, which is over the very bytes that came.
 */
export function paymentNotices({ services, log }: { services: Services; log: Logger }): Router {
  const router = Router();
  const raw = express.raw({ type: () => true, limit: MOST, inflate: false });
  const take =
    (channel: 'alipay' | 'wechat'): RequestHandler =>
    async (req, res) => {
      await services.limits.consume('notice', { ip: req.ip ?? '', userId: null });
      const body: unknown = req.body;
      const { reply, rejection } = await takeNotice(services, channel, {
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        headers: req.headers,
        ip: req.ip ?? '',
      });
      if (rejection !== null) {
        const about = { channel, ...rejection, requestId: requestIdOf(res) };
        log.warn('A payment notice was not taken', about);
      }
      res.setHeader('Cache-Control', 'no-store');
      // Exactly these words: no charset is added to the type.
      res.setHeader('Content-Type', reply.contentType);
      res.status(reply.status).end(reply.body);
    };
  router.post('/alipay/notify', raw, take('alipay'));
  router.post('/wechat/notify', raw, take('wechat'));
  return router;
}
