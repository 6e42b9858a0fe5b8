import type { BlobStore } from '@ainotebook/files';
import type { Command } from 'commander';
import { loadSettings, type Settings } from '../env.js';
import type { Compose } from '../runtime.js';
import { backupCommand } from './backup.js';
import { jobsReleaseCommand } from './jobs-release.js';
import { restoreCommand, verifyBackupCommand } from './restore.js';

const EXIT_CODES = '\nExit codes: 0 done, 1 could not be done, 2 the backup is damaged.';

/** Adds the commands that keep what people wrote, and bring it back. */
export function addBackupCommands(
  program: Command,
  parts: { compose: Compose; makeBlobStore: (settings: Settings) => BlobStore },
): void {
  program
    .command('backup')
    .description('back up database and uploaded files to BACKUP_DIR or BACKUP_BUCKET')
    .option('--format <format>', 'plain (.sql.gz) or custom (.dump, for pg_restore)', 'plain')
    .option('--no-files', 'leave uploaded files out')
    .option('--json', 'print the result as JSON')
    .action((options) => backupCommand(loadSettings(), parts.makeBlobStore, options));

  program
    .command('verify-backup')
    .description('restore a backup into a scratch database and compare every table and file')
    .argument('[backup]', 'name such as db_20261129_020000', 'latest')
    .option('--from <folder>', 'read it from here')
    .option('--scratch <url>', 'another PostgreSQL that holds the scratch database')
    .option('--no-files', 'leave uploaded files out')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXIT_CODES)
    .action((name, options) => verifyBackupCommand(loadSettings(), name, options));

  program
    .command('restore')
    .description('make an empty database what a backup holds; servers must be stopped')
    .argument('<backup>', 'name such as db_20261129_020000, or latest')
    .option('--from <folder>', 'read it from here')
    .option('--force', 'replace a database that is not empty')
    .option('--no-files', 'leave uploaded files out')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXIT_CODES)
    .action((name, options) => restoreCommand(loadSettings(), parts.makeBlobStore, name, options));

  program
    .command('jobs')
    .description('look after jobs')
    .command('release')
    .description('let mails, refunds and the like go out again after a restore')
    .option('--dry-run', 'only say what waits')
    .option('--json', 'print the result as JSON')
    .action((options) => jobsReleaseCommand(loadSettings(), parts.compose, options));
}
