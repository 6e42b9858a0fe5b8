import type {
  Article,
  ArticleSummary,
  AuthResult,
  Notebook,
  PublicArticle,
  Publication,
  PublicProfile,
  Revision,
  RevisionDiff,
  RevisionSummary,
  SaveResult,
  SearchHit,
  SearchResult,
  SystemInfo,
  Tag,
  User,
} from '@ainotebook/contract';

/** Public names of the SDK's entities: every equal shape in a procedure gets its name. */
export interface SdkTypes {
  User: User;
  AuthResult: AuthResult;
  PublicProfile: PublicProfile;
  Notebook: Notebook;
  ArticleSummary: ArticleSummary;
  Article: Article;
  SaveResult: SaveResult;
  RevisionSummary: RevisionSummary;
  Revision: Revision;
  RevisionDiff: RevisionDiff;
  Tag: Tag;
  SearchHit: SearchHit;
  SearchResult: SearchResult;
  Publication: Publication;
  PublicArticle: PublicArticle;
  SystemInfo: SystemInfo;
}
