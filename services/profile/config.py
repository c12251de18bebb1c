"""What a process of profile is told; the only file here that knows an environment variable."""

from dataclasses import dataclass

from chassis import checks
from chassis.settings import Process, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """Settings of profile."""

    grpc_port: int = variable("GRPC_PORT", default=7102, about="port of the gRPC server", check=checks.port)
    time_zone: str = variable(
        "TIME_ZONE", default="Asia/Almaty", about="zone of people whose city is not known", check=checks.zone
    )
