# syntax=docker/dockerfile:1
# nginx with the web build.
FROM node:20-bookworm-slim AS build
WORKDIR /repo
COPY . .
RUN npx --yes pnpm@10.34.9 install --frozen-lockfile --ignore-scripts \
 && npx --yes -p pnpm@10.34.9 -c "turbo run build --filter=@ainotebook/web..."

FROM nginxinc/nginx-unprivileged:1.28-bookworm
COPY nginx/templates/ /etc/nginx/templates/
COPY --from=build /repo/apps/web/dist /usr/share/nginx/html
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/health"]
