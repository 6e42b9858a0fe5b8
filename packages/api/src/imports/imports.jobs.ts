import { LIMITS } from '@ainotebook/contract';
import { type Db, schema } from '@ainotebook/db';
import { handleJob, type JobHandler } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import type { JobServices } from '../jobs.js';
import { readImport, runImport, undoImport } from './import-jobs.js';
import { readSlice } from './read-import.js';
import { runSlice } from './run-import.js';
import { undoSlice } from './undo-import.js';

const { importSessions } = schema;

/** Handlers of the jobs of imports. Each effect is a transaction of its own, made once by the state it finds. */
export function importJobHandlers(services: JobServices): JobHandler[] {
  return [
    handleJob(readImport, (run, { sessionId }) => readSlice(services, run, sessionId)),
    handleJob(runImport, (run, { sessionId }) => runSlice(services, run, sessionId)),
    handleJob(undoImport, (run, { sessionId }) => undoSlice(services, run, sessionId)),
  ];
}

/** Longer than all attempts of a job take. */
const STUCK_HOURS = 12;

/**
 * Forgets old imports (their notes stay) and files of which the rest does not come, and ends those whose job failed for good: what was being
 * read has failed, what was being made can be resumed.
 * @returns how many were forgotten
 */
export async function pruneImports(db: Db): Promise<number> {
  const stuck = sql`updated_at < now() - make_interval(hours => ${STUCK_HOURS})`;
  await db.execute(sql`
    update ${importSessions} set status = 'failed', failure = 'internal', updated_at = now()
    where status in ('receiving', 'reading') and ${stuck}
      and (upload_size is null or upload_received = upload_size)`);
  await db.execute(sql`
    update ${importSessions} set status = 'paused', updated_at = now()
    where status = 'running' and ${stuck}`);
  await db.execute(sql`
    update ${importSessions} set status = 'done', updated_at = now()
    where status = 'undoing' and ${stuck}`);
  const gone = await db.execute(sql`
    delete from ${importSessions} where id in (
      select id from ${importSessions}
      where updated_at < now() - make_interval(days => ${LIMITS.importDays})
        or status = 'receiving' and upload_received < upload_size
          and updated_at < now() - make_interval(hours => ${LIMITS.importUploadHours})
      limit 100)`);
  return gone.rowCount ?? 0;
}
