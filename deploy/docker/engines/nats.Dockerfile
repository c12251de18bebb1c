# NATS with JetStream for tests. As with the public image, what follows its name are nats-server's arguments.
ARG BASE
FROM ${BASE}
COPY nats-server /nats-server
RUN mkdir -p /data && chmod 1777 /data && ln -s /nats-server /usr/local/bin/
VOLUME /data
USER 10001:10001
EXPOSE 4222 8222
ENTRYPOINT ["/nats-server"]
CMD ["--jetstream", "--store_dir", "/data", "--http_port", "8222"]
