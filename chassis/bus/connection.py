"""One connection to NATS per process, which comes back by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js import JetStreamContext

from chassis.crypto import Sealer
from chassis.kernel import Code, Problem
from chassis.retry import patient
from chassis.telemetry.logs import log

UNAVAILABLE = (
    nats.errors.Error,
    nats.js.errors.Error,
    TimeoutError,
    ConnectionError,
    OSError,
)


class BusUnavailable(Problem):
    """NATS does not answer, or did not take everything."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "The bus does not answer; try again."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


@dataclass(slots=True)
class Bus:
    """The connection, what it speaks for, who must hear that it came back, and what seals dead collected batches."""

    client: Client
    namespace: str
    service: str
    cell: str
    sealer: Sealer | None = None
    stream_share: float = 1.0
    stream_replicas: int = 1
    returned: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @property
    def jetstream(self) -> JetStreamContext:
        """Give JetStream's interface."""
        return self.client.jetstream(timeout=5.0)  # type: ignore[no-any-return,unused-ignore]  # nats-py is partly typed

    @property
    def ready(self) -> bool:
        """Tell whether it is connected now."""
        return bool(self.client.is_connected)

    async def close(self) -> None:
        """Send what is pending and hang up."""
        if not self.client.is_closed:
            try:
                await self.client.drain()
            except UNAVAILABLE:
                await self.client.close()


async def connect(url: str, *, namespace: str, service: str, cell: str = "local") -> Bus:
    """Connect, waiting for the server as long as it takes; later breaks are mended by the client itself."""
    client = Client()
    bus = Bus(client, namespace, service, cell)

    async def on_return() -> None:
        log().info("bus.returned")
        for listener in bus.returned:
            await listener()

    async def on_break() -> None:
        # The client also calls it when we hang up ourselves, which is nothing to warn of.
        if not client.is_closed:
            log().warning("bus.lost")

    async def on_error(error: Exception) -> None:
        log().warning("bus.error", kind=type(error).__name__)

    async def attempt() -> None:
        await client.connect(
            servers=url.split(","),
            name=f"{namespace}-{service}",
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            ping_interval=5,
            max_outstanding_pings=2,
            reconnected_cb=on_return,
            disconnected_cb=on_break,
            error_cb=on_error,
            allow_reconnect=True,
        )

    # A first failure ends the client's own loop, so the waiting is ours until it has once connected.
    await patient(attempt, UNAVAILABLE, lambda error: log().warning("bus.waiting", kind=type(error).__name__))
    return bus


__all__ = ["UNAVAILABLE", "Bus", "BusUnavailable", "connect"]
