export { getSiteSettings } from './admin/admin-site.service.js';
export { createKeyBox, type KeyBox } from './ai-providers/key-box.js';
export {
  createModelsInUse,
  type ModelControl,
  type ModelsInUse,
} from './ai-providers/models-in-use.js';
export {
  type Picked,
  placeOf,
  type StoredModels,
  usablePicks,
} from './ai-providers/stored-models.js';
export { createAccessTokens, type TokenAudience } from './auth/access-tokens.js';
export { admit, type RequiredScope, scopeOf } from './auth/admit.js';
export { authenticateAccessToken, isSessionAlive } from './auth/authenticate.js';
export { authenticateBearer } from './auth/authenticate-bearer.js';
export { createAdmin } from './auth/create-admin.js';
export { createPasswords } from './auth/passwords.js';
export { pruneAccounts } from './auth/prune.js';
export { takeNotice } from './billing/notices.js';
export { readWantedPlan } from './billing/plans.service.js';
export { type Caches, createCaches, noCaches } from './caches.js';
export {
  type ApiConfig,
  type Auth,
  type Context,
  createContext,
  type Models,
  type RequestInfo,
  type Services,
  type SessionAuth,
  type SessionCookies,
} from './context.js';
export { createAnswering } from './conversations/answering.js';
export { modelWriter } from './conversations/model-writer.js';
export { quotingWriter } from './conversations/quoting-writer.js';
export { AppError, toAppError, toTRPCError } from './errors.js';
export { createLiveCaller, type LiveRouter, liveRouter } from './events/events.router.js';
export { createLive, type Live } from './events/live.js';
export { type OpenedExport, openExport } from './exports/exports.service.js';
export { writeNoteArchive } from './exports/note-archive.js';
export { type NoteToExport, readNoteToExport } from './exports/note-export.js';
export {
  accessFile,
  type FileLink,
  type OpenedFile,
  signFileAddresses,
  type VariantName,
} from './files/file-access.js';
export { readPictures } from './files/pictures.js';
export { requireRoom, storeUpload, type Upload } from './files/store-upload.js';
export { createFileImport, requireRoomForImport } from './imports/create-import.js';
export { findGap, keepChunk, WrongOffset } from './imports/receive-import.js';
export { inputSchemaOf, jsonSchemaOf } from './json-schemas.js';
export { readPublicLinks } from './links/public-links.js';
export { PROCEDURE_DOCS } from './procedure-docs.js';
export { listProcedures, type ProcedureInfo } from './procedure-list.js';
export { openWhole } from './publications/access.js';
export { readProfile, readPublicList, readPublicTags } from './publications/list-cache.js';
export { readPage } from './publications/page-cache.js';
export {
  type LivePublication,
  type Neighbour,
  type ResolvedSlug,
  readPublicationImage,
} from './publications/public-articles.js';
export {
  countPublicArticles,
  type PublicArticleSummary,
  type PublicTag,
  readPublicContents,
  readSitemapPart,
  type SitemapEntry,
} from './publications/public-lists.js';
export {
  createRateLimits,
  type KeyBudget,
  type RateLimitClass,
  type RateLimits,
} from './rate-limits.js';
export { createReport } from './reports/reports.service.js';
export { createWebResearch, type WebResearch } from './research/web-research.js';
export { type AppRouter, appRouter, createCaller } from './router.js';
export { queueReindex } from './search/reindex.js';
export {
  countShareView,
  isUnlocked,
  openShare,
  type SharedArticle,
  unlockShare,
} from './shares/shares.service.js';
export type { Meta, OurErrorShape } from './trpc.js';
export { type AiBudgets, NO_BUDGETS } from './usage/budgets.js';
export { createLedger, type Ledger, type Prices } from './usage/ledger.js';
export { type Chat, type ChatCall, type ChatCallEvent, meterChat } from './usage/metered-chat.js';
export { type Embedding, meterEmbedding } from './usage/metered-embedding.js';
export { createViewBuffer, type ViewBuffer } from './views/view-buffer.js';
export { createViewCounter } from './views/view-counter.js';
export { readerKeyOf, viewDayOf } from './views/views.service.js';
export { warmCaches } from './warm-up.js';
