# The headless program in an image of its own: no graphical library, no root, nothing but /data to write to.
#   docker build --tag portolan .
# `./x test --full` runs these very instructions in a clean Debian (tests/container), so an instruction that it
# does not know has to be taught to it.

# What the web admin shows.
FROM node:24-bookworm-slim AS window
WORKDIR /source/ui
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY locales /source/locales
COPY ui ./
RUN npm run build

# The version is the one of rust-toolchain.toml.
FROM rust:1.95.0-bookworm AS program
WORKDIR /source
COPY . .
COPY --from=window /source/ui/dist ui/dist
COPY --from=window /source/ui/documents/dist ui/documents/dist
ARG PORTOLAN_COMMIT
RUN cargo build --package daemon --locked --release --bin portolan

FROM debian:bookworm-slim
# No version: Debian keeps the newest alone, and an old one would not be found.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
# The number is the same in every image, so that a folder of the machine can be given to it.
RUN groupadd --gid 10001 portolan \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin portolan \
    && install -d -m 0700 -o portolan -g portolan /data
COPY --from=program /source/target/release/portolan /usr/local/bin/portolan
COPY LICENSE /usr/share/doc/portolan/LICENSE
ENV PORTOLAN_HOME=/data PORTOLAN_HOST=0.0.0.0
USER 10001:10001
VOLUME ["/data"]
EXPOSE 28000
# What is under way may take 30 s: give `docker stop` 40.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["portolan", "status", "--check"]
ENTRYPOINT ["portolan"]
# Without an admin password it answers nobody but the one who has the link that it prints.
CMD ["serve", "--claim"]
