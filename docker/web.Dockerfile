# syntax=docker/dockerfile:1
# nginx with the web build.
FROM node:20-bookworm-slim AS build
WORKDIR /repo
COPY . .
RUN npx --yes pnpm@10.34.9 install --frozen-lockfile --ignore-scripts \
 && npx --yes -p pnpm@10.34.9 -c "turbo run build --filter=@ainotebook/web..."

FROM nginxinc/nginx-unprivileged:1.28-bookworm
# Names and places of a container; compose changes some of them.
ENV SERVER_NAME=_ HTTP_LISTEN=8080 HTTPS_LISTEN=8443 WEB_ROOT=/usr/share/nginx/html \
    API_SERVERS="server backend:3000 max_fails=3 fail_timeout=30s;" \
    TLS_CERTIFICATE=/etc/nginx/tls/fullchain.pem TLS_KEY=/etc/nginx/tls/privkey.pem
COPY nginx/templates/ /etc/nginx/templates/
COPY nginx/templates-tls/ /etc/nginx/templates-tls/
COPY nginx/*.conf nginx/*.html nginx/*.json /etc/nginx/ainotebook/
COPY --from=build /repo/apps/web/dist /usr/share/nginx/html
EXPOSE 8080 8443
HEALTHCHECK --interval=10s --timeout=3s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "--insecure", "--location", "http://127.0.0.1:8080/health"]
