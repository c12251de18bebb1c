"""The engines of one machine: MongoDB, NATS, OpenSearch and Keycloak, obtained once and started as children.

Each module has `obtain()` (idempotent; fills the cache outside the tree) and `start(directory, ports)` (returns at
once; the child keeps its data in `directory`). For development and tests, never for a production image.
"""
