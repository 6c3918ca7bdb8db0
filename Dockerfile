# The runner: `docker build -t signalbox-runner .` needs no builder newer than the classic one.
# It runs as an ordinary user with a read-only root: only /tmp and the volume /var/lib/signalbox are written.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: the one that matters would fetch the Node.js that this image already is.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.ts --no-ui --entry cli=src/cli/main.ts

FROM node:24-bookworm-slim
# git and ssh fetch modules; tini takes over the children of children; util-linux has what steps are caged with.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client tini util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && install --directory --owner=node --group=node --mode=0700 /var/lib/signalbox \
 && install --directory /etc/brainboard-runner
# The allocator gives back what it does not use: 4 MiB of an idle runner.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    XDG_DATA_HOME=/var/lib \
    RUNNER_TEMP_DIR=/var/lib/signalbox/work
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=build /app/dist ./dist
COPY deploy/runner/brainboard-runner deploy/runner/probe deploy/runner/entry /
RUN ln -s /app/bin/signalbox.cjs /usr/local/bin/signalbox
USER node
VOLUME /var/lib/signalbox
EXPOSE 9090
STOPSIGNAL SIGTERM
# Asks the runner's own `/livez`; with `metrics.enabled: false` start the container with `--no-healthcheck`.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["/probe"]
ENTRYPOINT ["/entry"]
CMD ["/brainboard-runner"]
