# The gateway with the built console.
ARG BASE=python:3.11-slim-bookworm
ARG BUILDER=python:3.11-bookworm

FROM ${BUILDER} AS tools
# An index of one's own, such as the company's; PACKAGE_INDEX is in no finished image.
ARG PACKAGE_INDEX=
ENV PIP_INDEX_URL=${PACKAGE_INDEX} PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off
RUN python3 -m venv /tools

# -- packages: fetched by their hashes, then installed without a network --------------------------------------------
FROM tools AS wheelhouse
COPY requirements/gateway.txt /requirements.txt
RUN --mount=type=secret,id=ca,mode=0444 \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \
    /tools/bin/pip download --quiet --require-hashes --no-deps --only-binary=:all: --dest /wheels -r /requirements.txt

FROM tools AS packages
COPY --from=wheelhouse /requirements.txt /requirements.txt
RUN --mount=type=bind,from=wheelhouse,source=/wheels,target=/wheels \
    python3 -m venv --without-pip /opt/consilium && \
    /tools/bin/pip --python /opt/consilium/bin/python install --quiet --no-compile --no-deps --no-index --find-links /wheels \
      --require-hashes -r /requirements.txt && \
    mkdir -p /layer/opt && mv /opt/consilium /layer/opt/consilium
COPY deploy/docker/assemble.py /assemble.py
RUN PYTHONHASHSEED=0 python3 /assemble.py packages /layer

# -- contracts: gen/ out of proto/ ----------------------------------------------------------------------------------
FROM tools AS contracts
COPY requirements/contracts.txt /requirements.txt
RUN --mount=type=secret,id=ca,mode=0444 \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \
    /tools/bin/pip install --quiet --require-hashes --only-binary=:all: -r /requirements.txt
WORKDIR /made
COPY tools tools
COPY proto proto
RUN /tools/bin/python -m tools.proto build && find gen -name '*.pyi' -delete

# -- console: built by the same Node as everywhere, which comes as a wheel ------------------------------------------
FROM tools AS console
ARG NPM_REGISTRY=
COPY requirements/console.txt /requirements.txt
RUN --mount=type=secret,id=ca,mode=0444 \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \
    /tools/bin/pip install --quiet --require-hashes --only-binary=:all: -r /requirements.txt
ENV PATH=/tools/bin:/usr/bin:/bin
WORKDIR /made/console
COPY console/package.json console/package-lock.json console/.npmrc ./
RUN --mount=type=secret,id=ca,mode=0444 \
    if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    if [ -n "$NPM_REGISTRY" ]; then export npm_config_registry="$NPM_REGISTRY"; fi; \
    npm ci --silent --no-update-notifier
COPY docs/openapi.json /made/docs/openapi.json
COPY console ./
RUN npm run --silent api >/dev/null && npm run --silent build -- --logLevel error

# -- the code, the same bytes every time ----------------------------------------------------------------------------
FROM tools AS tree
WORKDIR /tree/app
COPY chassis chassis
COPY telemetry/advice.json telemetry/
COPY gateway gateway
COPY --from=contracts /made/gen gen
COPY --from=console /made/console/dist console/dist
COPY deploy/docker/assemble.py /assemble.py
RUN PYTHONHASHSEED=0 python3 /assemble.py tree /tree

FROM ${BASE}
COPY --from=packages /layer/ /
COPY --from=tree /tree/ /
ENV PATH=/opt/consilium/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME=/tmp \
    PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    CONSILIUM_HOST=0.0.0.0 CONSILIUM_HTTP_PORT=8080 CONSILIUM_METRICS_PORT=9000
WORKDIR /app
USER 10001:10001
EXPOSE 8080 9000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=120s --retries=3 \
    CMD ["python", "-S", "/app/chassis/health.py", "http://127.0.0.1:9000/readyz"]
ENTRYPOINT ["python", "-m"]
CMD ["gateway"]
