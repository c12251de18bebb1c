# What the engines of tests stand on: Debian with Java (OpenSearch, Keycloak) and libcurl (mongod).
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
# `mirrors` holds this machine's Debian mirrors where the base has none; these images never leave the machine.
COPY mirrors /etc/apt/sources.list.d/mirrors.list
# Java's packages link their manual pages, for which a slim base has no folder.
RUN mkdir -p /usr/share/man/man1 && apt-get -o Acquire::Retries=5 update --quiet \
 && DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 install --quiet --yes --no-install-recommends \
    openjdk-17-jre-headless libcurl4 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /etc/apt/sources.list.d/mirrors.list
