import type { TRPCBuiltRouter } from '@trpc/server';
import { adminAiRouter } from './admin/admin-ai.router.js';
import { adminServerRouter } from './admin/admin-server.router.js';
import { adminSiteRouter } from './admin/admin-site.router.js';
import { adminUsersRouter } from './admin/admin-users.router.js';
import { apiKeysRouter } from './api-keys/api-keys.router.js';
import { articlesRouter } from './articles/articles.router.js';
import { assistRouter, promptsRouter } from './assist/assist.router.js';
import { authRouter } from './auth/auth.router.js';
import {
  adminCodesRouter,
  adminEntitlementsRouter,
  adminPlansRouter,
  billingRouter,
  plansRouter,
} from './billing/billing.router.js';
import { adminBillsRouter } from './billing/bills.router.js';
import { adminInvoicesRouter, invoicesRouter } from './billing/invoices.router.js';
import { adminOrdersRouter, ordersRouter } from './billing/orders.router.js';
import { conversationsRouter, messagesRouter } from './conversations/conversations.router.js';
import { eventsRouter } from './events/events.router.js';
import { exportsRouter } from './exports/exports.router.js';
import { filesRouter } from './files/files.router.js';
import { importsRouter } from './imports/imports.router.js';
import { invitationsRouter } from './invitations/invitations.router.js';
import { adminJobsRouter, jobsRouter } from './jobs/jobs.router.js';
import { linksRouter } from './links/links.router.js';
import { notebooksRouter } from './notebooks/notebooks.router.js';
import { notificationsRouter } from './notifications/notifications.router.js';
import { provenanceRouter } from './provenance/provenance.router.js';
import { publicationsRouter } from './publications/publications.router.js';
import { adminReportsRouter, reportsRouter } from './reports/reports.router.js';
import { adminEmbeddingsRouter, embeddingsRouter } from './retrieval/embeddings.router.js';
import { revisionsRouter } from './revisions/revisions.router.js';
import { searchRouter } from './search/search.router.js';
import { sharesRouter } from './shares/shares.router.js';
import { systemRouter } from './system/system.router.js';
import { tagsRouter } from './tags/tags.router.js';
import { type OurErrorShape, t } from './trpc.js';
import { adminUsageRouter, usageRouter } from './usage/usage.router.js';
import { usersRouter } from './users/users.router.js';
import { webhooksRouter } from './webhooks/webhooks.router.js';

const routers = {
  auth: authRouter,
  users: usersRouter,
  apiKeys: apiKeysRouter,
  notebooks: notebooksRouter,
  articles: articlesRouter,
  revisions: revisionsRouter,
  links: linksRouter,
  files: filesRouter,
  conversations: conversationsRouter,
  messages: messagesRouter,
  assist: assistRouter,
  prompts: promptsRouter,
  events: eventsRouter,
  provenance: provenanceRouter,
  exports: exportsRouter,
  imports: importsRouter,
  tags: tagsRouter,
  search: searchRouter,
  embeddings: embeddingsRouter,
  publications: publicationsRouter,
  shares: sharesRouter,
  reports: reportsRouter,
  invitations: invitationsRouter,
  notifications: notificationsRouter,
  jobs: jobsRouter,
  usage: usageRouter,
  plans: plansRouter,
  billing: billingRouter,
  orders: ordersRouter,
  invoices: invoicesRouter,
  webhooks: webhooksRouter,
  admin: {
    users: adminUsersRouter,
    site: adminSiteRouter,
    reports: adminReportsRouter,
    jobs: adminJobsRouter,
    embeddings: adminEmbeddingsRouter,
    ai: adminAiRouter,
    server: adminServerRouter,
    usage: adminUsageRouter,
    plans: adminPlansRouter,
    codes: adminCodesRouter,
    entitlements: adminEntitlementsRouter,
    orders: adminOrdersRouter,
    invoices: adminInvoicesRouter,
    bills: adminBillsRouter,
  },
  system: systemRouter,
};

/** Every procedure of the server. */
export const appRouter = t.router(routers);

/** Calls procedures in process, with a context made by hand. */
export const createCaller = t.createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;

/** The router's type without the server's context, so that clients carry no server type. */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: OurErrorShape; transformer: true },
  typeof routers
>;
