#!/bin/sh
# Brings the release it lies in into use:     releases/2/ops/release.sh pm2 reload ainotebook-api
# (or: systemctl reload ainotebook). Without a command only the names are changed: `current`, whose code runs, and `web`,
# which nginx serves.
set -eu
new=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$new/../.."
if ! [ -f "$new/apps/server/dist/main.js" ] || ! [ -f "$new/apps/web/dist/index.html" ]; then
  echo "$new is not built: run npm run build in it" >&2
  exit 1
fi
# In one step: nobody finds a name that leads nowhere.
point() {
  ln -sfn "$2" "$1.next"
  mv -fT "$1.next" "$1"
}
# What is in assets/ has its content in its name. Open pages of either release find their files; after three months they
# are left behind.
share() {
  find "$1" -type f -mtime -90 -exec cp -pu -t "$2" {} +
}
if [ -e web/assets ] && [ "$(readlink -f web)" != "$new/apps/web/dist" ]; then
  share web/assets/ "$new/apps/web/dist/assets"
  share "$new/apps/web/dist/assets/" web/assets
fi
release=releases/$(basename "$new")
point current "$release"
"$@"
# Last: the former web app gets on with the new server, the new one would miss what the former server lacks.
point web "$release/apps/web/dist"
