#!/bin/sh
# The backup of the night: ops/cron.d/ainotebook or ainotebook-backup.timer starts it in /var/www/ainotebook.
# Settings come from .env there: BACKUP_DIR, BACKUP_KEEP_DAYS, BACKUP_KEY, BACKUP_BUCKET.
set -eu
umask 077
main=$(dirname "$0")/../apps/server/dist/main.js
node "$main" backup "$@"
# Sundays it is restored into a scratch database and compared: a backup nobody has restored is a hope.
if [ "$(date +%u)" = 7 ]; then
  node "$main" verify-backup
fi
