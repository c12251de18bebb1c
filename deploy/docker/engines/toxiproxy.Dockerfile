# Toxiproxy for tests: links that are slow or cut on demand, told by HTTP on 8474.
ARG BASE
FROM ${BASE}
COPY toxiproxy /toxiproxy
USER 10001:10001
EXPOSE 8474
ENTRYPOINT ["/toxiproxy"]
CMD ["-host", "0.0.0.0"]
