# Keycloak for tests, augmented for development mode with a base in memory. As with the public image, what follows its
# name are the arguments of kc.sh; realms are imported from /opt/keycloak/data/import. /opt/keycloak/data is writable.
ARG BASE
FROM ${BASE}
COPY home /opt/keycloak
RUN mkdir -p /opt/keycloak/data/import && chmod -R 1777 /opt/keycloak/data
# It listens to everybody, not to this container alone.
ENV KC_RUN_IN_CONTAINER=true
# The quick compiler alone halves the processor time of a start.
ENV JAVA_OPTS_APPEND="-XX:TieredStopAtLevel=1" JAVA_OPTS_KC_HEAP="-Xms64m -Xmx512m"
USER 10001:10001
EXPOSE 8080 9000
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
CMD ["start-dev", "--db=dev-mem", "--health-enabled=true", "--import-realm"]
