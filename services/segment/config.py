"""Settings of the segment service; the only file here that knows an environment variable."""

from dataclasses import dataclass

from chassis import checks
from chassis.settings import Process, address_of, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """What the process is told."""

    grpc_port: int = variable("GRPC_PORT", default=7103, about="port of the gRPC server", check=checks.port)
    opensearch: str = variable(
        "OPENSEARCH", default="http://127.0.0.1:9300", about="OpenSearch address", check=checks.url("http", "https")
    )
    profile_address: str = address_of("profile", 7102)
    segment_address: str = address_of("segment", 7103)
    index_shards: int = variable(
        "INDEX_SHARDS", default=1, about="primary shards of the index of people", check=checks.positive
    )
    index_replicas: int = variable("INDEX_REPLICAS", default=0, about="copies of each shard", check=checks.not_negative)
