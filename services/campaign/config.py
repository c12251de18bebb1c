"""What campaign is told by its environment."""

from dataclasses import dataclass

from chassis import checks
from chassis.settings import Process, address_of, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """The settings of a campaign process."""

    grpc_port: int = variable("GRPC_PORT", default=7104, about="port of the gRPC server", check=checks.port)
    metrics_port: int = variable(
        "METRICS_PORT", default=7204, about="port of /metrics, /healthz, /readyz; 0 is none", check=checks.port
    )
    segment_address: str = address_of("segment", 7103)
    channel_address: str = address_of("channel", 7105)
    letters_per_second: float = variable(
        "LETTERS_PER_SECOND",
        default=200.0,
        about="what the providers take in all; ten seconds of it are in flight",
        check=checks.positive,
    )
