# MongoDB for tests. As with the public image, the command is `mongod …` and the data lie in /data/db.
ARG BASE
FROM ${BASE}
COPY mongod /usr/local/bin/mongod
RUN mkdir -p /data/db && chmod 1777 /data/db
VOLUME /data/db
USER 10001:10001
EXPOSE 27017
CMD ["mongod", "--replSet", "rs0", "--bind_ip_all"]
