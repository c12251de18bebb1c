"""The one table of processes and ports of one machine. Every port is below 32768 and on loopback."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

# Ports that no browser opens (Fetch standard, "bad port"), those below 1024 apart.
CLOSED_TO_BROWSERS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}
)
SERVICES = ("access", "profile", "segment", "campaign", "channel", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where each process listens; the defaults are what the documents name."""

    gateway: int = 8080
    access: int = 7101
    profile: int = 7102
    segment: int = 7103
    campaign: int = 7104
    channel: int = 7105
    report: int = 7106
    access_pages: int = 7201
    profile_pages: int = 7202
    segment_pages: int = 7203
    campaign_pages: int = 7204
    channel_pages: int = 7205
    report_pages: int = 7206
    gateway_pages: int = 7207
    bounces: int = 2526
    mailbox_smtp: int = 2525
    mailbox: int = 8025
    mongodb: int = 27100
    nats: int = 4300
    nats_monitor: int = 4301
    opensearch: int = 9300
    opensearch_transport: int = 9310
    keycloak: int = 8090
    keycloak_management: int = 9091

    @property
    def traces(self) -> tuple[int, int]:
        """Return the ports of the viewer of traces, page and OTLP: no part of the system, moved as far as it."""
        moved = self.gateway - 8080
        return 9411 + moved, 4317 + moved

    def grpc(self, service: str) -> int:
        """Return the gRPC port of a service."""
        return int(getattr(self, service))

    def pages(self, process: str) -> int:
        """Return the port of a process's metrics and readiness."""
        return int(getattr(self, f"{process}_pages"))

    def shifted(self, by: int) -> "Ports":
        """Return the same table with every port higher by a number, for a machine where some are taken.

        Raises:
            ValueError: a port would leave the room from 1024 to 32767, or a page's be one that no browser opens.
        """
        moved = {name: port + by for name, port in self.listed()}
        if not all(1024 <= port < 32768 for port in moved.values()):
            raise ValueError(f"ports cannot be shifted by {by}: they must stay between 1024 and 32767")
        ports = Ports(**moved)
        if closed := CLOSED_TO_BROWSERS & {ports.gateway, ports.mailbox, ports.keycloak, ports.traces[0]}:
            raise ValueError(f"ports cannot be shifted by {by}: no browser opens {min(closed)}")
        return ports

    def listed(self) -> Iterator[tuple[str, int]]:
        """Yield names and ports, in the order of the table."""
        for field in fields(self):
            yield field.name, int(getattr(self, field.name))
