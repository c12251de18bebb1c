"""The whole system as containers, for tests of ours and of anybody's: docs/qa.md shows how to use it.

    with System() as system:
        httpx.get(f"{system.addresses.gateway}/readyz")

Promise: when the block is entered everything answers; when it is left, nothing of it remains, and what a killed run
left behind is removed by the next one. Several systems may run beside each other.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import docker
from testcontainers.core.config import testcontainers_config
from testcontainers.core.network import Network

from deploy.local.children import free_ports
from deploy.local.engines.realm import PEOPLE, SYSTEM_CLIENT
from deploy.local.keys import keys
from deploy.local.screen import step
from deploy.local.table import SERVICES
from tests.containers import fence
from tests.containers.engines import Keycloak, Links, MailServer, MongoDB, Nats, OpenSearch
from tests.containers.part import NotReadyError, Part, Place
from tests.containers.services import Access, Campaign, Channel, Gateway, Profile, Report, Segment, Service

PREFIX = "consilium-suite"
_MIGRATE_SECONDS = 300
# Docker does little at once: more starts beside each other only make each of them late.
_HANDS = 4
_systems = count(1)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in at the provider."""

    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may sign in at the provider by client credentials."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything answers on this machine, in the words of `.run/addresses.json` (docs of `make run`)."""

    gateway: str
    issuer: str
    mailbox: str
    smtp: str
    nats: str
    mongodb: str
    opensearch: str
    grpc: dict[str, str]
    system_client: Client
    people: tuple[Account, ...]

    def told(self) -> dict[str, Any]:
        """Return the same as plain data, which the story and scripts read."""
        return asdict(self)


class System:
    """Gateway, six services, mailbox and engines; each is an attribute, with its address and what may happen to it."""

    def __init__(self, tag: str | None = None, *, fenced: bool = False) -> None:
        """Prepare a system.

        Args:
            tag: of the product's images; CONSILIUM_TAG when it is not told.
            fenced: nothing of it may leave its network, and `fence` counts who tries (needs root).
        """
        # Ryuk, which sweeps after killed tests, is an image that a closed network cannot have; `_sweep` does its work.
        testcontainers_config.ryuk_disabled = True
        self.directory = Path(tempfile.mkdtemp(prefix="consilium-containers-"))
        self.place = Place(
            prefix=f"{PREFIX}-{os.getpid()}-{next(_systems)}",
            network=Network(),
            tag=tag or os.environ.get("CONSILIUM_TAG", "dev"),
            directory=self.directory,
            keys=keys(self.directory / "secrets"),
            gateway_port=free_ports(1)[0],
        )
        self.place.network.name = f"{self.place.prefix}-network"
        self._fenced = fenced
        self.fence: fence.Fence | None = None
        _show(self.directory / "secrets")
        self.mongodb = MongoDB(self.place)
        self.nats = Nats(self.place)
        self.opensearch = OpenSearch(self.place)
        self.keycloak = Keycloak(self.place)
        self.mailbox = MailServer(self.place)
        self.links = Links(self.place)
        self.access = Access(self.place)
        self.profile = Profile(self.place)
        self.segment = Segment(self.place)
        self.campaign = Campaign(self.place)
        self.channel = Channel(self.place)
        self.report = Report(self.place)
        self.gateway = Gateway(self.place)

    @property
    def engines(self) -> tuple[Part, ...]:
        """Return what services stand on."""
        return (self.mongodb, self.nats, self.opensearch, self.keycloak, self.mailbox, self.links)

    @property
    def services(self) -> tuple[Service, ...]:
        """Return the services, the gateway last."""
        return (*(self.service(name) for name in SERVICES), self.gateway)

    def service(self, name: str) -> Service:
        """Return a service by its name."""
        found: Service = getattr(self, name)
        return found

    @property
    def addresses(self) -> Addresses:
        """Return where everything answers."""
        known = self.place.keys.realm
        letters = self.mailbox.letters
        return Addresses(
            gateway=self.gateway.url,
            issuer=self.keycloak.url,
            mailbox=letters.page,
            smtp=letters.smtp,
            nats=self.nats.url,
            mongodb=self.mongodb.url,
            opensearch=self.opensearch.url,
            grpc={name: self.service(name).grpc for name in SERVICES},
            system_client=Client(SYSTEM_CLIENT, known.system),
            people=tuple(Account(person.name, person.role, known.passwords[person.name]) for person in PEOPLE),
        )

    def __enter__(self) -> "System":
        """Bring everything up and write `addresses.json` into `directory`."""
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Remove everything."""
        self.close()

    @contextmanager
    def replaced(self, name: str, picture: str) -> Iterator[Service]:
        """Have a service run from another image for the length of a block, under the name that the others dial."""
        before = self.service(name)
        before.begin_stop()
        guest = type(before)(self.place, name=f"{name}-other", picture=picture)
        setattr(self, name, guest)
        try:
            guest.start()
            guest.wait()
            yield guest
        finally:
            setattr(self, name, before)
            guest.remove()
            before.begin_start()
        before.wait()

    def wait(self, seconds: float = 600) -> None:
        """Wait until every part answers."""
        for part in (*self.engines, *self.services):
            part.wait(seconds)

    def close(self) -> None:
        """Remove containers, volumes, the network and the folder; idempotent."""
        for part in (*reversed(self.services), *self.engines):
            part.remove()
        _drop(self.place.prefix)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _start(self) -> None:
        _sweep()
        self.place.network.create()
        if self._fenced:
            self.fence = fence.Fence(self.place.network, self.place.prefix)
            self.fence.lay()
        with step("containers", "starting engines"):
            self._begin(self.engines)
            # Keycloak, the slowest, still starts while stores are migrated and services wait for it.
            for part in (self.links, self.mongodb, self.nats, self.opensearch):
                part.wait()
        with step("containers", "migrating stores"):
            self._migrate()
        with step("containers", "starting services"):
            self._begin(self.services)
            self.wait()
        told = json.dumps(self.addresses.told(), ensure_ascii=False, indent=1)
        (self.directory / "addresses.json").write_text(told, encoding="utf-8")

    def _begin(self, parts: tuple[Part, ...]) -> None:
        with ThreadPoolExecutor(_HANDS) as hands:
            list(hands.map(lambda part: part.start(), parts))

    def _migrate(self) -> None:
        """Bring all stores to the present shape; they do not depend on one another."""
        with ThreadPoolExecutor(_HANDS) as hands:
            list(hands.map(self._migrate_one, SERVICES))

    def _migrate_one(self, name: str) -> None:
        work = self.service(name).migration(self.place)
        try:
            work.start()
            code = work.container.get_wrapped_container().wait(timeout=_MIGRATE_SECONDS)["StatusCode"]
            if code != 0:
                raise NotReadyError(f"migrating {name} failed with code {code}; its log says:\n{work.log()}")
        finally:
            work.remove()


def _show(secrets: Path) -> None:
    """Let the containers' account read the secrets; the folder above is closed to everybody else."""
    secrets.chmod(0o755)
    for path in secrets.iterdir():
        path.chmod(0o644)


def _sweep() -> None:
    """Remove what runs whose process is gone have left."""
    client = docker.from_env()
    names = [container.name for container in client.containers.list(all=True, filters={"name": f"{PREFIX}-"})]
    names += [network.name for network in client.networks.list(filters={"name": f"{PREFIX}-"})]
    names += [volume.name for volume in client.volumes.list(filters={"name": f"{PREFIX}-"})]
    for run in {"-".join(name.split("-")[:4]) for name in names if name.startswith(f"{PREFIX}-")}:
        if not Path(f"/proc/{run.split('-')[2]}").exists():
            _drop(run)


def _drop(run: str) -> None:
    """Remove containers, networks and volumes of one run by its prefix."""
    if os.geteuid() == 0:
        fence.tear_down(run)
    client = docker.from_env()
    for container in client.containers.list(all=True, filters={"name": f"^/?{run}-"}):
        container.remove(force=True, v=True)
    for network in client.networks.list(filters={"name": f"^{run}-"}):
        network.remove()
    for volume in client.volumes.list(filters={"name": f"{run}-"}):
        volume.remove(force=True)
