# syntax=docker/dockerfile:1
# API, worker and commands. Debian slim: argon2 and Postgres clients are glibc builds.
FROM node:20-bookworm-slim AS build
WORKDIR /repo
COPY . .
# Pure-JavaScript pnpm through npm: corepack's signatures are out of date on Node 20.
RUN npx --yes pnpm@10.34.9 install --frozen-lockfile --ignore-scripts \
 && npx --yes -p pnpm@10.34.9 -c "turbo run build --filter=@ainotebook/server..." \
 && npx --yes pnpm@10.34.9 --filter @ainotebook/server deploy --legacy --prod --no-optional /app \
 && cp -r drizzle /app/drizzle

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 UPLOAD_DIR=/data/uploads
# postgresql-client: pg_dump and pg_restore of the release that compose runs, for `backup`.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini postgresql-client-15 \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node -m 700 /var/backups/ainotebook \
 && install -d -o node -g node /data/uploads /app/logs
WORKDIR /app
COPY --from=build --chown=root:root /app /app
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "dist/main.js"]
CMD ["serve"]
