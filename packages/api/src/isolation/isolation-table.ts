import { randomBytes } from 'node:crypto';
import type { AppErrorCode } from '@ainotebook/contract';
import { v7 } from 'uuid';
import { encodeCursor } from '../pagination.js';
import type { TestUser } from '../test-support.js';

/** A word that stands in every private text of the owner and nowhere else. */
export const CANARY = 'canary7f3a91';

/** What a call with the owner's ids must end in. `ok` may never show anything of the owner. */
export type Outcome = 'ok' | AppErrorCode;

/** The owner's things that every other user is sent after. */
export interface World {
  owner: TestUser;
  notebookId: string;
  articleId: string;
  trashedId: string;
  revisionId: string;
  tagId: string;
  fileId: string;
  importId: string;
  publishedId: string;
  slug: string;
  shareId: string;
  exportId: string;
  jobId: string;
  invitationId: string;
  notificationId: string;
  planId: string;
  orderId: string;
  conversationId: string;
  answerId: string;
  apiKeyId: string;
  promptId: string;
  webhookId: string;
  deliveryId: string;
}

export interface Expectation {
  input?: (world: World) => unknown;
  visitor: Outcome;
  /** A second user, and an administrator: the notes of others are closed to both. */
  stranger: Outcome;
  /** Where an administrator may do more than any user. */
  admin?: Outcome;
  /** What the answer may show of the owner on purpose. */
  shows?: 'publication' | 'profile' | 'account';
}

const unknownToken = 'A'.repeat(43);
const password = 'not the password';
const id = (pick: (world: World) => string) => (world: World) => ({ id: pick(world) });
const owned = (input: (world: World) => unknown): Expectation => ({
  input,
  visitor: 'unauthenticated',
  stranger: 'not_found',
});
/** Answers about the caller alone, whoever that is. */
const own = (input?: (world: World) => unknown): Expectation => ({
  ...(input ? { input } : {}),
  visitor: 'unauthenticated',
  stranger: 'ok',
});
const adminOnly = (input?: (world: World) => unknown): Expectation => ({
  ...(input ? { input } : {}),
  visitor: 'unauthenticated',
  stranger: 'forbidden',
  admin: 'ok',
  shows: 'account',
});

/** What every procedure answers to those whose things they are not, by its path; `isolation.test.ts` asks. */
export const EXPECTED: Record<string, Expectation> = {
  'auth.register': {
    input: () => ({
      email: `${randomBytes(6).toString('hex')}@example.org`,
      password: 'correct horse battery',
      displayName: 'New',
    }),
    visitor: 'ok',
    stranger: 'ok',
  },
  'auth.login': {
    input: ({ owner }) => ({ email: owner.email, password }),
    visitor: 'invalid_credentials',
    stranger: 'invalid_credentials',
  },
  'auth.refresh': {
    input: () => ({ refreshToken: unknownToken }),
    visitor: 'session_revoked',
    stranger: 'session_revoked',
  },
  'auth.logout': { input: () => ({ refreshToken: unknownToken }), visitor: 'ok', stranger: 'ok' },
  'auth.logoutEverywhere': own(),
  'auth.changePassword': {
    input: () => ({ currentPassword: password, newPassword: 'correct horse battery' }),
    visitor: 'unauthenticated',
    stranger: 'invalid_credentials',
  },
  'auth.requestPasswordReset': {
    input: ({ owner }) => ({ email: owner.email }),
    visitor: 'mail_off',
    stranger: 'mail_off',
  },
  'auth.resetPassword': {
    input: () => ({ token: unknownToken, newPassword: 'correct horse battery' }),
    visitor: 'token_invalid',
    stranger: 'token_invalid',
  },
  'auth.requestEmailVerification': { visitor: 'unauthenticated', stranger: 'mail_off' },
  'auth.verifyEmail': {
    input: () => ({ token: unknownToken }),
    visitor: 'token_invalid',
    stranger: 'token_invalid',
  },
  'auth.listSessions': own(),
  'auth.revokeSession': owned(id((w) => w.owner.sessionId)),
  'users.me': own(),
  'users.update': {
    input: ({ owner }) => ({ data: { handle: owner.handle } }),
    visitor: 'unauthenticated',
    stranger: 'handle_taken',
  },
  'users.profile': {
    input: ({ owner }) => ({ handle: owner.handle }),
    visitor: 'ok',
    stranger: 'ok',
    shows: 'profile',
  },
  'users.requestEmailChange': {
    input: ({ owner }) => ({ email: owner.email, password }),
    visitor: 'unauthenticated',
    stranger: 'mail_off',
  },
  'users.confirmEmailChange': {
    input: () => ({ token: unknownToken }),
    visitor: 'token_invalid',
    stranger: 'token_invalid',
  },
  'users.delete': {
    input: () => ({ password }),
    visitor: 'unauthenticated',
    stranger: 'invalid_credentials',
  },
  'apiKeys.list': own(),
  'apiKeys.create': own(() => ({ name: 'mine', scopes: ['articles:read'], expiresInDays: 1 })),
  'apiKeys.revoke': owned(id((w) => w.apiKeyId)),
  'webhooks.list': own(),
  'webhooks.create': own(() => ({ url: 'https://example.org/hook', events: ['article.deleted'] })),
  'webhooks.update': owned((w) => ({ id: w.webhookId, data: { isEnabled: false } })),
  'webhooks.rotateSecret': owned(id((w) => w.webhookId)),
  'webhooks.delete': owned(id((w) => w.webhookId)),
  'webhooks.listDeliveries': owned((w) => ({ webhookId: w.webhookId })),
  'webhooks.getDelivery': owned(id((w) => w.deliveryId)),
  'webhooks.sendTest': owned(id((w) => w.webhookId)),
  'webhooks.replay': owned(id((w) => w.deliveryId)),
  'notebooks.list': own(),
  'notebooks.get': owned(id((w) => w.notebookId)),
  'notebooks.create': owned((w) => ({ name: 'inside', parentId: w.notebookId })),
  'notebooks.update': owned((w) => ({ id: w.notebookId, data: { name: 'mine' } })),
  'notebooks.move': owned((w) => ({ id: w.notebookId, parentId: null })),
  'notebooks.delete': owned((w) => ({ id: w.notebookId, articles: 'trash' })),
  'articles.list': own((w) => ({ notebookId: w.notebookId })),
  'articles.get': owned(id((w) => w.articleId)),
  'articles.usage': own(),
  'articles.related': owned(id((w) => w.articleId)),
  'articles.create': owned((w) => ({ title: 'inside', notebookId: w.notebookId })),
  'articles.save': owned((w) => ({
    id: w.articleId,
    baseRevision: 1,
    data: { title: 'mine', content: 'mine' },
  })),
  'articles.append': owned((w) => ({ id: w.articleId, content: 'mine' })),
  'articles.update': owned((w) => ({ id: w.articleId, data: { isPinned: true } })),
  'articles.delete': owned(id((w) => w.articleId)),
  'articles.restore': owned(id((w) => w.trashedId)),
  'articles.purge': owned(id((w) => w.trashedId)),
  'articles.emptyTrash': own(),
  'articles.createMany': own((w) => ({ items: [{ id: w.articleId, title: 'again' }] })),
  'articles.updateMany': own((w) => ({ action: 'trash', ids: [w.articleId, w.publishedId] })),
  'revisions.list': owned((w) => ({ articleId: w.articleId })),
  'revisions.get': owned(id((w) => w.revisionId)),
  'revisions.diff': owned((w) => ({ fromId: w.revisionId })),
  'revisions.restore': owned(id((w) => w.revisionId)),
  'revisions.name': owned((w) => ({ id: w.revisionId, data: { name: 'mine' } })),
  'links.list': owned((w) => ({ articleId: w.articleId })),
  'links.backlinks': owned((w) => ({ articleId: w.articleId })),
  'files.list': own(),
  'files.get': owned(id((w) => w.fileId)),
  'files.remove': owned(id((w) => w.fileId)),
  'files.usage': own(),
  'imports.list': own(),
  'imports.get': owned(id((w) => w.importId)),
  'imports.items': owned(id((w) => w.importId)),
  'imports.receive': own(() => ({ name: 'vault.zip', size: 1 })),
  'imports.create': own(() => ({ url: 'https://example.org/' })),
  'imports.start': owned(id((w) => w.importId)),
  'imports.pause': owned(id((w) => w.importId)),
  'imports.resume': owned(id((w) => w.importId)),
  'imports.undo': owned(id((w) => w.importId)),
  'imports.remove': owned(id((w) => w.importId)),
  'tags.list': own(),
  'tags.related': owned(id((w) => w.tagId)),
  'tags.update': owned((w) => ({ id: w.tagId, data: { name: 'mine' } })),
  'tags.delete': owned(id((w) => w.tagId)),
  // A cursor that names the owner's article, better than any other.
  'search.query': own((w) => ({
    q: CANARY,
    cursor: encodeCursor(['text', 1_000, 4_000_000_000, w.articleId]),
  })),
  'search.titles': own(() => ({ q: CANARY })),
  'search.passages': own((w) => ({
    question: CANARY,
    scope: { kind: 'articles', ids: [w.articleId, w.publishedId] },
  })),
  'search.misses': own(),
  'search.forgetMisses': own(),
  'publications.publish': owned((w) => ({ articleId: w.articleId })),
  'publications.unpublish': owned((w) => ({ articleId: w.publishedId })),
  'publications.get': owned((w) => ({ articleId: w.publishedId })),
  'publications.list': own(),
  'publications.checkSlug': own((w) => ({ slug: w.slug })),
  'publications.schedule': owned((w) => ({
    articleId: w.articleId,
    publishAt: new Date(Date.now() + 60_000),
  })),
  'publications.getSchedule': owned((w) => ({ articleId: w.articleId })),
  'publications.listSchedules': own(),
  'publications.cancelSchedule': owned((w) => ({ articleId: w.articleId })),
  'publications.read': {
    input: ({ slug }) => ({ slug }),
    visitor: 'ok',
    stranger: 'ok',
    shows: 'publication',
  },
  'shares.list': owned((w) => ({ articleId: w.articleId })),
  'shares.create': owned((w) => ({ articleId: w.articleId })),
  'shares.revoke': owned(id((w) => w.shareId)),
  'reports.create': {
    input: () => ({ slug: 'nothing-here', reason: 'spam' }),
    visitor: 'not_found',
    stranger: 'not_found',
  },
  'invitations.list': adminOnly(),
  'invitations.create': adminOnly(() => ({})),
  'invitations.revoke': adminOnly(id((w) => w.invitationId)),
  'notifications.list': own(),
  'notifications.unreadCount': own(),
  'notifications.markRead': own((w) => ({ ids: [w.notificationId] })),
  'admin.users.list': adminOnly(),
  'admin.users.setStatus': adminOnly((w) => ({ id: w.owner.id, status: 'active' })),
  'admin.users.setRole': adminOnly((w) => ({ id: w.owner.id, role: 'user' })),
  'admin.users.createResetLink': adminOnly(id((w) => w.owner.id)),
  'admin.users.delete': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.reports.list': adminOnly(),
  'admin.reports.resolve': {
    ...adminOnly(() => ({ id: v7(), action: 'dismiss' })),
    admin: 'not_found',
  },
  'admin.reports.unblock': {
    ...adminOnly((w) => ({ articleId: w.articleId })),
    admin: 'not_found',
  },
  'exports.create': owned((w) => ({ kind: 'notebook', notebookId: w.notebookId })),
  'exports.list': own(),
  'exports.remove': owned(id((w) => w.exportId)),
  'embeddings.get': owned((w) => ({ articleId: w.articleId })),
  'embeddings.counts': own(),
  'embeddings.retry': owned((w) => ({ articleId: w.articleId })),
  'jobs.get': owned(id((w) => w.jobId)),
  'jobs.list': own(),
  'jobs.cancel': owned(id((w) => w.jobId)),
  'admin.bills.list': adminOnly(),
  'admin.bills.markSeen': {
    ...adminOnly(() => ({ channel: 'alipay', day: '2026-03-01' })),
    admin: 'not_found',
  },
  'invoices.get': owned((w) => ({ orderId: w.orderId })),
  'invoices.request': owned((w) => ({
    kind: 'personal' as const,
    orderId: w.orderId,
    title: 'x',
    email: 'x@example.org',
  })),
  'admin.invoices.list': adminOnly(),
  'admin.invoices.answer': {
    ...adminOnly(() => ({ id: v7(), status: 'issued' as const, answer: '1' })),
    admin: 'not_found',
  },
  'plans.list': { visitor: 'ok', stranger: 'ok' },
  'billing.myPlan': own(),
  'billing.redeem': {
    input: () => ({ code: 'AAAAA-AAAAA-AAAAA-AAAAA' }),
    visitor: 'unauthenticated',
    stranger: 'code_invalid',
  },
  'usage.get': own(),
  'admin.usage.get': adminOnly(),
  'admin.ai.get': adminOnly(),
  'admin.ai.listProviders': adminOnly(),
  'admin.ai.createProvider': adminOnly(() => ({
    name: 'isolation',
    kind: 'openai',
    baseUrl: 'https://models.example.org/v1',
  })),
  'admin.ai.updateProvider': {
    ...adminOnly(() => ({ name: 'nobody', data: { isEnabled: false } })),
    admin: 'not_found',
  },
  'admin.ai.deleteProvider': { ...adminOnly(() => ({ name: 'nobody' })), admin: 'not_found' },
  'admin.ai.pickModels': adminOnly(() => ({ chat: [], fast: null, embedding: null })),
  'admin.server.variables': adminOnly(),
  'admin.server.slowQueries': adminOnly(() => ({ by: 'total' })),
  'admin.server.indexes': adminOnly(),
  'admin.ai.test': { ...adminOnly(() => ({ kind: 'embedding' })), admin: 'not_found' },
  'orders.channels': { visitor: 'ok', stranger: 'ok' },
  'orders.list': own(),
  'conversations.list': own(),
  'conversations.get': owned(id((w) => w.conversationId)),
  'conversations.create': owned((w) => ({ scope: { kind: 'articles', ids: [w.articleId] } })),
  'conversations.ask': owned((w) => ({
    question: CANARY,
    scope: { kind: 'articles', ids: [w.articleId] },
  })),
  'conversations.update': owned((w) => ({ id: w.conversationId, title: 'mine' })),
  'conversations.remove': owned(id((w) => w.conversationId)),
  'messages.send': owned((w) => ({
    conversationId: w.conversationId,
    id: v7(),
    parentId: null,
    content: 'mine',
  })),
  'messages.regenerate': owned((w) => ({ id: w.answerId, answerId: v7() })),
  'messages.stop': owned(id((w) => w.answerId)),
  'messages.stream': owned(id((w) => w.answerId)),
  'provenance.get': owned((w) => ({ articleId: w.articleId })),
  'provenance.record': owned((w) => ({
    id: v7(),
    articleId: w.articleId,
    source: 'answer',
    text: CANARY,
  })),
  'provenance.declare': owned((w) => ({ articleId: w.articleId, declared: 'mostly' })),
  'assist.abilities': own(),
  'events.changes': own(),
  'assist.edit': owned((w) => ({ action: 'summarise', articleId: w.articleId })),
  'assist.suggest': owned((w) => ({ id: w.articleId, what: 'summary' })),
  'prompts.list': own(),
  'prompts.create': {
    input: (w) => ({ id: w.promptId, instruction: 'mine' }),
    visitor: 'unauthenticated',
    stranger: 'conflict',
  },
  'prompts.remove': owned(id((w) => w.promptId)),
  'orders.get': owned(id((w) => w.orderId)),
  'orders.create': {
    input: (w) => ({ planId: w.planId, period: 'month', channel: 'alipay', mode: 'qr' }),
    visitor: 'unauthenticated',
    stranger: 'payment_off',
  },
  'orders.check': owned(id((w) => w.orderId)),
  'admin.orders.list': adminOnly(),
  'admin.orders.get': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.orders.revenue': adminOnly(),
  'admin.orders.report': adminOnly(),
  'admin.orders.refund': {
    ...adminOnly((w) => ({ id: w.orderId, amountFen: 1, reason: 'mine' })),
    admin: 'payment_off',
  },
  'admin.orders.retryRefund': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.plans.list': adminOnly(),
  'admin.plans.create': adminOnly(() => ({
    key: `p${randomBytes(6).toString('hex')}`,
    name: 'Plan',
    benefits: {},
    prices: [],
  })),
  'admin.plans.update': {
    ...adminOnly(() => ({
      id: v7(),
      data: { name: 'Plan', benefits: {}, prices: [], isActive: true },
    })),
    admin: 'not_found',
  },
  'admin.codes.list': adminOnly(),
  'admin.codes.generate': {
    ...adminOnly(() => ({
      planId: v7(),
      period: 'month',
      count: 1,
      expiresAt: new Date(Date.now() + 60_000),
    })),
    admin: 'not_found',
  },
  'admin.codes.export': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.codes.revoke': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.entitlements.list': adminOnly((w) => ({ userId: w.owner.id })),
  'admin.entitlements.grant': {
    ...adminOnly((w) => ({ userId: w.owner.id, planId: v7(), period: 'month', reason: 'gift' })),
    admin: 'not_found',
  },
  'admin.entitlements.revoke': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.embeddings.counts': adminOnly(),
  'admin.embeddings.estimate': adminOnly(),
  'admin.embeddings.retry': adminOnly(),
  'admin.embeddings.run': { ...adminOnly(() => ({ model: 'a/b' })), admin: 'conflict' },
  'admin.jobs.counts': adminOnly(),
  'admin.jobs.listRunning': adminOnly(),
  'admin.jobs.listFailed': adminOnly(),
  'admin.jobs.retry': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.jobs.discard': { ...adminOnly(() => ({ id: v7() })), admin: 'not_found' },
  'admin.site.getSettings': adminOnly(),
  'admin.site.updateSettings': adminOnly(() => ({ data: {} })),
  'admin.site.listAudit': adminOnly(),
  'system.info': { visitor: 'ok', stranger: 'ok' },
};
