"""One container of a system under test: bounded, without rights, and what may happen to it.

Promise: it runs as uid 10001 on a read-only root, without capabilities, with bounded memory and processes, and its
ports are published on the loopback alone, the same ones after every stop and start.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pymongo.errors
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from deploy.local.children import HOST, free_ports
from deploy.local.keys import Keys

ACCOUNT = "10001:10001"
# A process that finds itself broken ends, and its supervisor starts it anew.
_SUPERVISED = {"Name": "on-failure", "MaximumRetryCount": 20}
_NOT_YET = (httpx.HTTPError, pymongo.errors.PyMongoError, OSError)


class NotReadyError(AssertionError):
    """A container ended or does not answer; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the containers of one system share: names, network, tag of images, and a folder on this machine."""

    prefix: str
    network: Network
    tag: str
    directory: Path
    keys: Keys
    gateway_port: int


class Part:
    """A container with a name on the network (`alias` when it stands in for another), started and stopped at will.

    `ports` maps what a port is for to its number inside; `tmpfs` and `volumes` are what may be written.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        image: str,
        *,
        memory: str,
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        ports: Mapping[str, int] | None = None,
        published: Mapping[str, int] | None = None,
        tmpfs: Mapping[str, str] | None = None,
        volumes: Mapping[str, str] | None = None,
        shown: Mapping[Path, str] | None = None,
        alias: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.memory = memory
        inside = dict(ports or {})
        self.ports = {what: (published or {}).get(what) or free_ports(1)[0] for what in inside}
        mounts = [(volume, where, "rw") for volume, where in (volumes or {}).items()]
        mounts += [(str(path), where, "ro") for path, where in (shown or {}).items()]
        self.container = DockerContainer(
            image,
            name=f"{place.prefix}-{name}",
            command=list(command) or None,  # type: ignore[arg-type]  # a list is what Docker takes; the hint knows a text alone
            env=dict(environment or {}),
            network=place.network,
            network_aliases=[alias or name],
            volumes=mounts,
            user=ACCOUNT,
            read_only=True,
            mem_limit=memory,
            memswap_limit=memory,
            pids_limit=1024,
            # Whoever waits here asks by itself; a probe every ten seconds is a Python start in each container.
            healthcheck={"test": ["NONE"]},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            **{"restart_policy": _SUPERVISED, **dict(more or {})},
        )
        self.container.tmpfs = {"/tmp": "rw,exec,size=512m,mode=1777", **dict(tmpfs or {})}  # noqa: S108  # the container's own
        for what, port in inside.items():
            # Docker takes an address with a port, though the hint knows a port alone.
            self.container.ports[str(port)] = cast(int, (HOST, self.ports[what]))

    def address(self, what: str) -> str:
        """Return `127.0.0.1:port` of one of the published ports."""
        return f"{HOST}:{self.ports[what]}"

    def start(self) -> None:
        """Create the container and start it; returns before it answers."""
        self.container.start()

    def remove(self) -> None:
        """End it by force and drop it with its own volumes; nothing happens when it was never started."""
        self.container.stop()

    def ready(self) -> bool:
        """Ask once whether it answers; a part without a probe is ready when it runs."""
        return self.status() == "running"

    def status(self) -> str:
        """Return what Docker calls it: running, restarting, paused, exited."""
        wrapped = self.container.get_wrapped_container()
        wrapped.reload()
        return str(wrapped.status)

    def wait(self, seconds: float = 600) -> "Part":
        """Wait until it answers.

        Raises:
            NotReadyError: it has ended, or does not answer within `seconds`, which suit a busy machine.
        """

        def look() -> bool:
            if self.status() == "exited":
                raise NotReadyError(f"{self.name} has ended; its log says:\n{self.log()}")
            return self.answers()

        until(look, seconds, lambda: f"{self.name} answers; its log says:\n{self.log()}")
        return self

    def answers(self) -> bool:
        """Ask as `ready` does; what does not answer yet is not ready."""
        try:
            return self.ready()
        except _NOT_YET:
            return False

    def log(self, lines: int = 30) -> str:
        """Return the end of what it said."""
        return str(self.container.get_wrapped_container().logs(tail=lines).decode("utf-8", "replace"))

    def begin_stop(self) -> None:
        """Stop it orderly, as `docker stop` does: a grace of 30 s, then by force."""
        self.container.get_wrapped_container().stop(timeout=30)

    def begin_start(self) -> None:
        """Start a stopped container again; its volumes are as they were."""
        self.container.get_wrapped_container().start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have it stopped for the length of a block; at the end it answers again."""
        self.begin_stop()
        try:
            yield
        finally:
            self.begin_start()
        self.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have all its processes frozen for the length of a block, connections open and silent."""
        wrapped = self.container.get_wrapped_container()
        wrapped.pause()
        try:
            yield
        finally:
            wrapped.unpause()
        self.wait()

    def run(self, *command: str) -> str:
        """Run a command inside and return what it printed.

        Raises:
            AssertionError: it failed.
        """
        code, said = self.container.get_wrapped_container().exec_run(list(command))
        assert code == 0, f"{' '.join(command)} in {self.name}: {said.decode()}"
        return str(said.decode())


def until(check: Callable[[], Any], seconds: float, what: str | Callable[[], str], every: float = 0.3) -> Any:
    """Return the first true answer of `check`, asked again and again.

    Raises:
        NotReadyError: there is none within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        if time.monotonic() > deadline:
            told = what if isinstance(what, str) else what()
            raise NotReadyError(f"not within {seconds:.0f} s: {told}")
        time.sleep(every)
    return answer
