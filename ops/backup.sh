#!/bin/sh
# The backup of the night: ops/cron.d/ainotebook or ainotebook-backup.timer starts it.
# Settings come from .env: BACKUP_DIR, BACKUP_KEEP_DAYS, BACKUP_KEY, BACKUP_BUCKET.
set -eu
cd "$(dirname "$0")/.."
umask 077
node apps/server/dist/main.js backup "$@"
# Sundays it is restored into a scratch database and compared: a backup nobody has restored is a hope.
if [ "$(date +%u)" = 7 ]; then
  node apps/server/dist/main.js verify-backup
fi
