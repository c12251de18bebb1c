"""The whole system as child processes: engines, mailbox, services, gateway; started in order, watched, stopped.

Promise: `start` returns when everything answers; a part that dies is started again with growing pauses; `stop` ends
doors first and engines last. Used by `python -m deploy.local.run` and by the end-to-end tests alike.
Call everything from the main thread: children end with the thread that started them.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

import httpx

from deploy.local.children import HOST, ChildError, Running, spawn, taken
from deploy.local.claim import claim
from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.engines.realm import realm
from deploy.local.environment import process_environment
from deploy.local.keys import Keys, keys
from deploy.local.mailbox import client as mailbox
from deploy.local.table import SERVICES, Ports

ROOT = Path(__file__).resolve().parents[2]
_ENGINE_SECONDS = 300
_SERVICE_SECONDS = 120
_MIGRATE_SECONDS = 180
_LONGEST_PAUSE = 30.0
# Children of a runner that was killed end with it, but not within the same moment.
_PORT_SECONDS = 5.0
# A part that lived this long is well again: its next death starts with the short pause.
_WELL_SECONDS = 60.0

Say = Callable[[str, str], None]


class PortsTakenError(RuntimeError):
    """Somebody listens where this system wants to; the message names each port and its purpose."""


@dataclass(slots=True)
class Part:
    """One process of the system and how to start it again."""

    name: str
    start: Callable[[], Running]
    running: Running
    since: float
    pause: float = 1.0
    due: float | None = None


class System:
    """The processes of one installation, whose state lives in `directory`."""

    def __init__(
        self, directory: Path, ports: Ports, say: Say, *, heap: str = "1g", namespace: str = "consilium"
    ) -> None:
        self.directory = directory.resolve()
        self.ports = ports
        self.logs = self.directory / "logs"
        self.told = self.directory / "addresses.json"
        self._say = say
        self._heap = heap
        self._namespace = namespace
        self._parts: list[Part] = []
        self._claim: TextIO | None = None
        self.external = {name: value for name in _EXTERNAL if (value := os.environ.get(name))}
        # A provider that runs already has secrets of its own, which this variable names.
        given = os.environ.get("CONSILIUM_REALM_SECRETS") if "CONSILIUM_ISSUER" in self.external else None
        self.keys: Keys = keys(self.directory / "secrets", realm_file=Path(given) if given else None)

    def start(self) -> None:
        """Bring everything up.

        Raises:
            AlreadyRunningError, PortsTakenError: before anything was started or touched.
            ChildError: something does not come up; what did is still there for `stop`.
        """
        self._claim = claim(self.directory)
        self.told.unlink(missing_ok=True)
        if "CONSILIUM_ISSUER" in self.external and not os.environ.get("CONSILIUM_REALM_SECRETS"):
            raise ChildError("CONSILIUM_ISSUER is given: CONSILIUM_REALM_SECRETS must name the file with its secrets")
        self._check_ports()
        self._turn_logs()
        self._begin_engines()
        # Stores first: while Keycloak, the slowest, still starts, they are migrated and services wait for it.
        stores = {mongodb.NAME, nats.NAME, opensearch.NAME}
        self._wait_for([part for part in self._parts if part.name in stores], _ENGINE_SECONDS)
        self._migrate()
        engines = [part for part in self._parts if part.name not in stores]
        begun = [self._begin(name, partial(self._service, name)) for name in SERVICES]
        self._wait_for(engines, _ENGINE_SECONDS)
        self._wait_for(begun, _SERVICE_SECONDS)
        self._wait_for([self._begin("gateway", partial(self._service, "gateway"))], _SERVICE_SECONDS)

    def part(self, name: str) -> Running:
        """Return the running process of a part, for instance to end it in a test of faults."""
        return next(part.running for part in self._parts if part.name == name)

    def restart(self, name: str, *, tree: Path | None = None) -> None:
        """End a part orderly and start it again, as an operator does; returns before it answers.

        A service or the gateway is started from `tree` from now on, where one is given: another release.
        """
        part = next(part for part in self._parts if part.name == name)
        if tree is not None:
            part.start = partial(self._spawn, name, "run", tree)
        part.running.stop()
        part.running, part.since, part.due = part.start(), time.monotonic(), None

    def moved(self, name: str, start: Callable[[], Running], running: Running, ports: Ports) -> Running:
        """Take a process for a part that an operator brought up elsewhere, and give back the one that was it.

        What starts from now on is told the addresses of `ports`.
        """
        part = next(part for part in self._parts if part.name == name)
        before, self.ports = part.running, ports
        part.start, part.running, part.since, part.due = start, running, time.monotonic(), None
        return before

    def running(self) -> list[Running]:
        """Return all processes."""
        return [part.running for part in self._parts]

    def watch(self) -> None:
        """Start again whatever died, after its pause; call it every second or so."""
        now = time.monotonic()
        for part in self._parts:
            code = part.running.process.poll()
            if code is None:
                if now - part.since > _WELL_SECONDS:
                    part.pause = 1.0
                continue
            if part.due is None:
                part.due = now + part.pause
                self._say(part.name, f"ended with code {code}; starts again in {part.pause:.0f} s")
                part.pause = min(part.pause * 2, _LONGEST_PAUSE)
            elif now >= part.due:
                part.running, part.since, part.due = part.start(), now, None

    def stop(self) -> None:
        """End everything orderly: the gateway, then services, then the mailbox and engines. Idempotent."""
        if self._claim is None:
            return
        self.told.unlink(missing_ok=True)
        engines = {mongodb.NAME, nats.NAME, opensearch.NAME, keycloak.NAME, mailbox.NAME}
        waves = [
            [part for part in self._parts if part.name == "gateway"],
            [part for part in self._parts if part.name in SERVICES],
            [part for part in self._parts if part.name in engines],
        ]
        for wave in waves:
            for part in wave:
                part.running.ask_to_stop()
            for part in wave:
                part.running.stop()
        self._parts.clear()
        self._claim.close()
        self._claim = None

    def gateway(self) -> str:
        """Return the address of the gateway."""
        return f"http://{HOST}:{self.ports.gateway}"

    def addresses(self) -> dict[str, str]:
        """Return the variables that name engines and the mailbox to services."""
        ports = self.ports
        known = {
            "CONSILIUM_MONGODB": f"mongodb://{HOST}:{ports.mongodb}/?replicaSet=rs0",
            "CONSILIUM_NATS": f"nats://{HOST}:{ports.nats}",
            "CONSILIUM_OPENSEARCH": f"http://{HOST}:{ports.opensearch}",
            "CONSILIUM_ISSUER": f"http://{HOST}:{ports.keycloak}/realms/consilium",
            "CONSILIUM_SMTP": f"smtp://{HOST}:{ports.mailbox_smtp}",
        }
        return {**known, **self.external}

    def _check_ports(self) -> None:
        unused = {port for variable, names in _EXTERNAL.items() if variable in self.external for port in names}
        wanted = [(name, port) for name, port in self.ports.listed() if name not in unused]
        deadline = time.monotonic() + _PORT_SECONDS
        while busy := [f"{port} ({name})" for name, port in wanted if taken(port)]:
            if time.monotonic() > deadline:
                raise PortsTakenError(
                    f"Somebody else listens on {', '.join(busy)}. To see who: ss -ltnp. "
                    "To take other ports, each higher by 1,000: make run SHIFT=1000"
                )
            time.sleep(0.1)

    def _turn_logs(self) -> None:
        """Keep the logs of the run before beside the fresh ones, and no older ones."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.rename(log.with_suffix(".log.1"))

    def _begin_engines(self) -> None:
        ports, data = self.ports, self.directory
        known = realm(self.keys.realm, ports.gateway)
        starts: dict[str, tuple[str, Callable[[], Running]]] = {
            "CONSILIUM_OPENSEARCH": (
                opensearch.NAME,
                lambda: opensearch.start(
                    data / "opensearch",
                    [ports.opensearch, ports.opensearch_transport],
                    heap=self._heap,
                    log=self.logs / "opensearch.log",
                ),
            ),
            "CONSILIUM_ISSUER": (
                keycloak.NAME,
                lambda: keycloak.start(
                    data / "keycloak",
                    [ports.keycloak, ports.keycloak_management],
                    realm=known,
                    log=self.logs / "keycloak.log",
                ),
            ),
            "CONSILIUM_MONGODB": (
                mongodb.NAME,
                lambda: mongodb.start(data / "mongodb", [ports.mongodb], log=self.logs / "mongodb.log"),
            ),
            "CONSILIUM_NATS": (
                nats.NAME,
                lambda: nats.start(data / "nats", [ports.nats, ports.nats_monitor], log=self.logs / "nats.log"),
            ),
            "CONSILIUM_SMTP": (
                mailbox.NAME,
                lambda: mailbox.start(
                    data / "mailbox",
                    [ports.mailbox_smtp, ports.mailbox],
                    bounces=f"smtp://{HOST}:{ports.bounces}",
                    log=self.logs / "mailbox.log",
                ),
            ),
        }
        for variable, (name, start) in starts.items():
            if variable in self.external:
                self._say(name, f"taken from {variable}")
            else:
                self._begin(name, start)

    def _begin(self, name: str, start: Callable[[], Running]) -> Part:
        part = Part(name, start, start(), time.monotonic())
        self._parts.append(part)
        return part

    def _wait_for(self, parts: list[Part], seconds: float) -> None:
        waiting = list(parts)
        began = time.monotonic()
        while waiting:
            for part in [part for part in waiting if part.running.ready()]:
                waiting.remove(part)
                took = time.monotonic() - part.since
                self._say(part.name, f"answers at {part.running.address} after {took:.1f} s")
            if waiting and time.monotonic() - began > seconds:
                part = waiting[0]
                said = _readiness(self.ports, part.name)
                raise ChildError(f"{part.name} is not ready {said}; its log says:\n{part.running.tail()}")
            time.sleep(0.1)

    def _migrate(self) -> None:
        """Bring the stores of all services to the present shape; they do not depend on one another."""
        begun = {name: self._spawn(name, "migrate") for name in SERVICES}
        deadline = time.monotonic() + _MIGRATE_SECONDS
        for name, running in begun.items():
            code = running.process.wait(max(1.0, deadline - time.monotonic()))
            if code != 0:
                raise ChildError(f"migrating {name} failed with code {code}; its log says:\n{running.tail()}")
            self._say(name, "stores are migrated")

    def _service(self, name: str) -> Running:
        return self._spawn(name, "run")

    def _spawn(self, name: str, role: str, tree: Path = ROOT) -> Running:
        module = [sys.executable, "-m", name] if name == "gateway" else [sys.executable, "-m", f"services.{name}", role]
        log = self.logs / f"{name}.log"
        process = spawn(module, log, directory=tree, environment=self.environment(name))
        if name == "gateway":
            addresses, pages = {"http": self.gateway()}, self.ports.gateway
        else:
            addresses, pages = {"grpc": f"{HOST}:{self.ports.grpc(name)}"}, self.ports.pages(name)
        return Running(name, process, log, addresses, lambda: _answers(pages))

    def environment(self, name: str) -> Mapping[str, str]:
        """Return what a process of ours is told."""
        return process_environment(
            name,
            ports=self.ports,
            keys=self.keys,
            addresses=self.addresses(),
            namespace=self._namespace,
            directory=self.directory,
        )


# variable -> names of ports that stay unused when it names an engine of somebody else
_EXTERNAL = {
    "CONSILIUM_MONGODB": ("mongodb",),
    "CONSILIUM_NATS": ("nats", "nats_monitor"),
    "CONSILIUM_OPENSEARCH": ("opensearch", "opensearch_transport"),
    "CONSILIUM_ISSUER": ("keycloak", "keycloak_management"),
    "CONSILIUM_SMTP": ("mailbox_smtp", "mailbox"),
}


def _readiness(ports: Ports, name: str) -> str:
    """Return what a process of ours says of its dependencies, for a message."""
    port = ports.gateway if name == "gateway" else getattr(ports, f"{name}_pages", None)
    if port is None:
        return ""
    try:
        return f"({httpx.get(f'http://{HOST}:{port}/readyz', timeout=5).text[:500]})"
    except httpx.HTTPError:
        return "(silent)"


def _answers(port: int) -> bool:
    return httpx.get(f"http://{HOST}:{port}/readyz", timeout=5).status_code == httpx.codes.OK
