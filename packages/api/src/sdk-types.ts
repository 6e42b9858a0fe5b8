import type {
  AppErrorCode,
  Article,
  ArticleLink,
  ArticleStatus,
  ArticleSummary,
  AssistEvent,
  AuthResult,
  Backlink,
  ChangeEvent,
  Citation,
  Conversation,
  ConversationScope,
  ConversationWithMessages,
  CreatedShare,
  CreatedWebhook,
  FieldIssue,
  ImportItem,
  ImportSession,
  Locale,
  Message,
  MessageEvent,
  MyPlan,
  Notebook,
  Plan,
  PublicArticle,
  Publication,
  PublicProfile,
  PublishSettings,
  Revision,
  RevisionDiff,
  RevisionSummary,
  SavedPrompt,
  SaveResult,
  Schedule,
  SearchHit,
  SearchMiss,
  SearchResult,
  Share,
  SystemInfo,
  Tag,
  TitleSuggestion,
  User,
  Webhook,
  WebhookDelivery,
  WebhookDeliverySummary,
  WebhookEvent,
  WebhookEventType,
} from '@ainotebook/contract';

/** Public names of the SDK's entities: every equal shape in a procedure gets its name and comment. */
export interface SdkTypes {
  /** Why a call was refused. Newer servers may send codes that are not listed here. */
  AppErrorCode: AppErrorCode;
  /** One refused field of an input: `path` is dotted (`data.title`), `message` is for people. */
  FieldIssue: FieldIssue;
  /** A language of the product. */
  Locale: Locale;
  /** `published` is live, perhaps with an older text; `archived` is out of the way. */
  ArticleStatus: ArticleStatus;
  /** The signed-in user as that user sees it. */
  User: User;
  /** A session: the access token is sent with each call, the refresh token buys the next one. */
  AuthResult: AuthResult;
  /** What anybody may know of a user. */
  PublicProfile: PublicProfile;
  /** A folder of articles, inside another one or at the top. */
  Notebook: Notebook;
  /** An article without its text, as lists show it. */
  ArticleSummary: ArticleSummary;
  /** An article with its text, in Markdown. */
  Article: Article;
  /** A stale base is an answer, not an error: both texts are kept. */
  SaveResult: SaveResult;
  /** A former text of an article, without the text. */
  RevisionSummary: RevisionSummary;
  /** A former text of an article. */
  Revision: Revision;
  /** A passage that an answer stands on: characters of one revision of one note. */
  Citation: Citation;
  /** A question, or an answer with its citations and how it came about. */
  Message: Message;
  /**
   * `queued`: so many answers come before it; null once its turn has come. `text`: the next piece of the answer. `alive`:
   * nothing new. `end`: the whole answer, with its citations; where its receipt says `isMended`, its text is not quite
   * that of the pieces, since numbers that stand for no passage are taken out at the end. Newer servers may send types
   * that are not listed here.
   */
  AnswerEvent: MessageEvent;
  /**
   * `queued`: so many texts come before it. `text`: the next piece of Markdown. `end`: nothing more comes; what came
   * before a `failure` stands. `isCut`: it was longer than it may be. `isExtractive`: sentences of the note itself.
   */
  AssistEvent: AssistEvent;
  /**
   * `changed`: these lists, and these articles in them, are other than before; with `isPartial` any may be, and each
   * change is told at least once. `alive`: nothing new. Either is a place from which `after` goes on.
   */
  ChangeEvent: ChangeEvent;
  /** An instruction for `assist.edit` that its owner keeps. */
  SavedPrompt: SavedPrompt;
  /** What is sold, for how much and what it gives. */
  Plan: Plan;
  /** The plan somebody has. */
  MyPlan: MyPlan;
  /** Which of the caller's notes answers are made of, or that they are looked up in the web. */
  ConversationScope: ConversationScope;
  /** Questions and answers that belong together. */
  Conversation: Conversation;
  /** A conversation with all that was said: a tree by `parentId`, the oldest first. */
  ConversationWithMessages: ConversationWithMessages;
  /** One source on its way into notes. */
  ImportSession: ImportSession;
  /** A part of a source that is to become a note, and what became of it. */
  ImportItem: ImportItem;
  /** What changed from one text to another. */
  RevisionDiff: RevisionDiff;
  /** A wiki link of an article: `targetId` is null while no article has that title. */
  ArticleLink: ArticleLink;
  /** An article that links here, with the words around its first link. */
  Backlink: Backlink;
  /** A tag and how many articles have it, without trashed ones. */
  Tag: Tag;
  /** One found passage. Ranges are `[start, end)` in UTF-16 units of the text beside them. */
  SearchHit: SearchHit;
  /** What a search found, best first. */
  SearchResult: SearchResult;
  /** An article by its title. */
  TitleSuggestion: TitleSuggestion;
  /** Something the caller looked for and did not find. */
  SearchMiss: SearchMiss;
  /** What an author decides about an article that is live. */
  PublishSettings: PublishSettings;
  /** What of an article is live, as its author sees it. */
  Publication: Publication;
  /** An article that will go live by itself. */
  Schedule: Schedule;
  /** A published article as any reader gets it. */
  PublicArticle: PublicArticle;
  /** A link that opens one article, as it is now, to whoever holds it. */
  Share: Share;
  /** A new link. Its address is shown this once. */
  CreatedShare: CreatedShare;
  /** What a webhook can be told of. */
  WebhookEventType: WebhookEventType;
  /**
   * What a webhook is told, and the body of its delivery. `article.updated` tells that readers get another version,
   * not that somebody wrote; `article.deleted` that an article went into the trash. Newer servers may send types that
   * are not listed here. Check what arrives with `verifyWebhook` of `@ainotebook/sdk/webhooks`.
   */
  WebhookEvent: WebhookEvent;
  /** An address that is told of events. */
  Webhook: Webhook;
  /** A new webhook, or one with a new secret. It is shown this once. */
  CreatedWebhook: CreatedWebhook;
  /** An event on its way to a webhook, or what came of it. */
  WebhookDeliverySummary: WebhookDeliverySummary;
  /** The same, with what was sent and what came back. */
  WebhookDelivery: WebhookDelivery;
  /** What a client needs before anybody has signed in. */
  SystemInfo: SystemInfo;
}
