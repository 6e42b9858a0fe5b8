/** Limits of the wire. Lengths are UTF-16 code units unless the name says bytes. */
export const LIMITS = {
  emailLength: 254,
  passwordMinLength: 8,
  passwordMaxLength: 256,
  handleMinLength: 3,
  handleMaxLength: 32,
  displayNameLength: 60,
  bioLength: 500,
  notebookNameLength: 80,
  notebookDepth: 8,
  notebooksPerUser: 1000,
  titleLength: 200,
  /** UTF-8 bytes of one article's Markdown; leaves room for JSON escapes in a 1 MB body. */
  contentBytes: 800_000,
  tagNameLength: 40,
  tagsPerArticle: 30,
  tagsPerUser: 5000,
  /** The largest integer of the database. */
  revisionMax: 2_147_483_647,
  revisionNameLength: 80,
  slugLength: 100,
  queryLength: 200,
  questionLength: 2000,
  /** Passages of one answer. */
  passages: 20,
  retrievalScopeIds: 100,
  pageSize: 20,
  pageSizeMax: 100,
  bulkItems: 100,
  /** Articles named in one message of live updates. */
  liveArticles: 100,
  liveJobs: 20,
  /** Windows and programs of one person that one process tells of changes. */
  liveListeners: 30,
  batchSize: 10,
  bodyBytes: 1_000_000,
  trashDays: 30,
  invitationsOpenPerUser: 200,
  excerptLength: 300,
  /** Days that a plan gives what it gave after its end. */
  planGraceDays: 3,
  /** Days before the end of a plan on which its holder is told. */
  planReminderDays: [7, 1],
  /** Paragraphs of an article for members that everybody may read. */
  previewBlocks: 100,
  urlLength: 2000,
  /** Servers of models that administrators add. */
  aiProviders: 20,
  /** Models that answer, the next one where one fails. */
  chatModels: 5,
  providerKeyLength: 500,
  /** How far ahead an article may be scheduled, in days. */
  scheduleDays: 366,
  sharesPerArticle: 20,
  shareLabelLength: 60,
  shareDays: 366,
  reportDetailLength: 2000,
  /** UTF-16 units of the terms, and of the privacy notice. */
  sitePageLength: 50_000,
  titleSuggestions: 20,
  searchMissesPerUser: 200,
  plans: 50,
  codesPerBatch: 1000,
  /** The most that a plan costs, in fen. */
  amountFen: 100_000_000,
  notificationsDays: 180,
  /** Archives of one person that are kept at the same time. */
  exportsPerUser: 10,
  exportHours: 24,
  notificationsUnread: 100,
  /** Imports of one person that are not over. */
  importsOpenPerUser: 20,
  /** Sources that one person has lying here, in those of the largest size. */
  importSourcesHeld: 2,
  /** Bytes of each part of a file that comes in parts, but for the last. */
  importChunkBytes: 4_194_304,
  /** Such a file is forgotten when no part of it has come for so long. */
  importUploadHours: 72,
  /** An import is forgotten after so long; its notes stay. */
  importDays: 30,
  conversationsPerUser: 1000,
  conversationTitleLength: 80,
  messagesPerConversation: 400,
  messageLength: 8000,
  /** UTF-16 units; what a model writes beyond it is cut off. */
  answerLength: 60_000,
  /** Answers of one person that are being written at the same time. */
  answersAtOnce: 2,
  /** Keys of one person that open something. */
  apiKeysPerUser: 50,
  apiKeyNameLength: 60,
  apiKeyDays: 366,
  /** UTF-16 units of a passage that a model is to work on, and of the text around it. */
  assistTextLength: 12_000,
  assistBeforeLength: 3000,
  assistAfterLength: 1000,
  /** UTF-16 units of what it writes; the rest is cut off. */
  assistResultLength: 40_000,
  /** Passages of one article that are remembered as an AI's; beyond it the oldest are forgotten. */
  aiSpansPerArticle: 200,
  /** UTF-16 units of all of them. */
  aiSpanTextPerArticle: 400_000,
  modelNameLength: 200,
  instructionLength: 1000,
  savedPromptsPerUser: 50,
  webhooksPerUser: 10,
  /** For so long deliveries are kept. */
  webhookDeliveryDays: 30,
  /** Attempts at one delivery, within a day. */
  webhookAttempts: 8,
} as const;
