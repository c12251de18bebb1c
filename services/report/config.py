"""Settings of report."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from chassis import checks
from chassis.settings import Process, address_of, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """What report is told beside what every process is."""

    grpc_port: int = variable("GRPC_PORT", default=7106, about="port of the gRPC server", check=checks.port)
    clickhouse: str | None = variable(
        "CLICKHOUSE",
        default=None,
        secret=True,
        about="http[s]://user:password@host:port; embedded when absent",
        check=checks.url("http", "https", form="http[s]://user:password@host:port"),
    )
    data_directory: Path = variable(
        "DATA_DIR", default=Path("data"), about="folder of the embedded warehouse, of one process alone"
    )
    report_zone: str = variable(
        "REPORT_ZONE", default="Europe/Moscow", about="IANA zone of report days", check=checks.zone
    )
    profile_address: str = address_of("profile", 7102)
    channel_address: str = address_of("channel", 7105)

    report_address: str = address_of("report", 7106, about="for its backup")

    @property
    def warehouse_database(self) -> str:
        """Name the warehouse's database."""
        return f"{self.namespace}_report"

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone of report days."""
        return ZoneInfo(self.report_zone)
