# API, worker, migrations and the set-up of Temporal are one image, told apart by the command.
# Debian: the core of the Temporal SDK is not built for musl, so Alpine cannot run it.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY console/package.json console/
COPY widget/package.json widget/
RUN npm ci --omit=dev

FROM packages AS pages
RUN npm ci
COPY . .
RUN npm run build

FROM packages AS program
COPY . .
COPY --from=pages /app/console/dist console/dist
COPY --from=pages /app/widget/dist widget/dist
# Here once, rather than at the start of every worker.
RUN node workers/bundle.ts workflow-bundle.js \
  && node scripts/third-party-notices.ts THIRD-PARTY-NOTICES

FROM node:24.21.0-bookworm-slim
# Temporal's client trusts the system's certificates, which the slim image lacks.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /var/lib/cloudchat
# Many threads with an arena each, and a large young generation, cost much memory and gain nothing.
ENV NODE_ENV=production \
  MALLOC_ARENA_MAX=2 \
  NODE_OPTIONS=--max-semi-space-size=16 \
  WORKFLOW_BUNDLE=/app/workflow-bundle.js \
  STORAGE_DIR=/var/lib/cloudchat/storage
WORKDIR /app
COPY --from=program /app .
USER node
EXPOSE 3000
CMD ["node", "api/main.ts"]
