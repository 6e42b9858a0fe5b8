import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant, primaryId } from './columns.js';
import { blobs } from './files.js';
import { notebooks } from './notebooks.js';
import { users } from './users.js';

/** An archive of notes that a person has asked for; it is made by a job, and gone when it has expired. */
export const exports = pgTable(
  'exports',
  {
    id: primaryId(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['everything', 'notebook', 'account'] }).notNull(),
    /** What is exported, where that is one notebook. */
    notebookId: uuid('notebook_id').references(() => notebooks.id, { onDelete: 'set null' }),
    /** The name of the archive, without its ending. */
    name: text('name').notNull(),
    /** The outbox row that makes it; it may be gone before this. */
    jobId: uuid('job_id').notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('idx_exports_user_id').on(t.userId, t.id),
    index('idx_exports_notebook_id').on(t.notebookId),
    index('idx_exports_expires_at').on(t.expiresAt),
    check('exports_kind', sql`${t.kind} in ('everything', 'notebook', 'account')`),
  ],
);

/** The bytes of an export that is ready. */
export const exportArchives = pgTable(
  'export_archives',
  {
    exportId: uuid('export_id')
      .primaryKey()
      .references(() => exports.id, { onDelete: 'cascade' }),
    sha256: text('sha256')
      .notNull()
      .references(() => blobs.sha256, { onDelete: 'restrict' }),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [index('idx_export_archives_sha256').on(t.sha256)],
);
