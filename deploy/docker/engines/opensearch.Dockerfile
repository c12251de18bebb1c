# OpenSearch for tests. As with the public image, settings are variables with a dot in their name, and those of Java
# stand in OPENSEARCH_JAVA_OPTS. /tmp must be writable and allow execution.
ARG BASE
FROM ${BASE}
COPY home /usr/share/opensearch
COPY config /usr/share/opensearch/config
COPY opensearch.py /usr/local/bin/opensearch.py
RUN mkdir -p /usr/share/opensearch/data && chmod 1777 /usr/share/opensearch/data
VOLUME /usr/share/opensearch/data
USER 10001:10001
EXPOSE 9200 9300
ENTRYPOINT ["python3", "/usr/local/bin/opensearch.py"]
