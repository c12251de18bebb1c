"""The services of a system under test, one class each: the product's own images, told by its own variables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import docker
import httpx

from deploy.docker.engines.images import image
from deploy.local.children import HOST
from deploy.local.engines.realm import AUDIENCE, CONSOLE_CLIENT, WORKSPACES
from deploy.local.table import SERVICES
from tests.containers.engines import LINKED, Keycloak
from tests.containers.part import ACCOUNT, Part, Place

GRPC, PAGES, HTTP, BOUNCES = 7000, 9000, 8080, 2526
NAMESPACE = "consilium"
_SECRETS = "/run/secrets"


class Service(Part):
    """A process of ours. `grpc` and `pages` are its addresses on this machine."""

    NAME: ClassVar[str]
    IMAGE: ClassVar[str] = "service"
    MEMORY: ClassVar[str] = "384m"
    PORTS: ClassVar[Mapping[str, int]] = {"grpc": GRPC, "pages": PAGES}

    def __init__(self, place: Place, *, name: str = "", picture: str = "") -> None:
        super().__init__(
            place,
            name or self.NAME,
            picture or f"consilium/{self.IMAGE}:{place.tag}",
            memory=self.MEMORY,
            command=self.command("run"),
            environment=self.told(place),
            ports=self.PORTS,
            published=self.published(place),
            alias=self.NAME,
            volumes=self.volumes(place),
            shown=_secrets(place),
        )

    @classmethod
    def migration(cls, place: Place) -> Part:
        """Give the container that brings this service's stores to today's shape and ends."""
        return Part(
            place,
            f"{cls.NAME}-migrate",
            f"consilium/{cls.IMAGE}:{place.tag}",
            memory=cls.MEMORY,
            command=cls.command("migrate"),
            environment=cls.told(place),
            shown=_secrets(place),
            more={"restart_policy": {"Name": "no"}},
        )

    @classmethod
    def command(cls, role: str) -> list[str]:
        """Return what the image is told to run."""
        return [f"services.{cls.NAME}", role]

    @classmethod
    def told(cls, place: Place) -> dict[str, str]:
        """Return all variables."""
        return {**_common(place), **cls.own(place)}

    @classmethod
    def own(cls, place: Place) -> dict[str, str]:
        """Return the variables of this service alone."""
        return {}

    @classmethod
    def published(cls, place: Place) -> dict[str, int]:
        """Return ports that others must know beforehand."""
        return {}

    @classmethod
    def volumes(cls, place: Place) -> dict[str, str]:
        """Return what it keeps, by the volume's name."""
        return {}

    @property
    def grpc(self) -> str:
        """Return where its gRPC answers."""
        return self.address("grpc")

    @property
    def pages(self) -> str:
        """Return where /healthz, /readyz and /metrics answer."""
        return f"http://{self.address('pages')}"

    def ready(self) -> bool:
        """Tell whether it and all that it needs answers."""
        return httpx.get(f"{self.pages}/readyz", timeout=10).is_success

    def readiness(self) -> dict[str, bool]:
        """Return what it says of each thing that it needs."""
        return dict(httpx.get(f"{self.pages}/readyz", timeout=30).json())

    def misses(self, what: str) -> bool:
        """Tell whether it is alive and says that it does without `what` now."""
        try:
            return not self.readiness().get(what, True)
        except httpx.HTTPError:
            return False


class Access(Service):
    """Who may: turns credentials into principals."""

    NAME = "access"

    @classmethod
    def own(cls, place: Place) -> dict[str, str]:
        """Return where its private key is, and how the provider names things."""
        return {
            "CONSILIUM_PRINCIPAL_SEED_FILE": _inside(place.keys.principal_private),
            "CONSILIUM_AUDIENCE": AUDIENCE,
            "CONSILIUM_WORKSPACES_CLAIM": WORKSPACES,
        }


class Profile(Service):
    """People: records, identity, consents, imports."""

    NAME = "profile"
    MEMORY = "768m"  # an import reads its sheet in a child process


class Segment(Service):
    """Who: search, filters, segments, membership."""

    NAME = "segment"


class Campaign(Service):
    """What and when: templates, campaigns, scenarios."""

    NAME = "campaign"


class Channel(Service):
    """How: delivery, policy, suppression, marks; takes reports of failure by SMTP."""

    NAME = "channel"

    @classmethod
    def own(cls, place: Place) -> dict[str, str]:
        """Return the port that reports of failure come to."""
        return {"CONSILIUM_BOUNCE_PORT": str(BOUNCES)}


class Report(Service):
    """What happened: the embedded warehouse, on a disk of 384 MB that lives as long as the system."""

    NAME = "report"
    IMAGE = "report"
    MEMORY = "2g"
    _SIZE = 384

    @classmethod
    def own(cls, place: Place) -> dict[str, str]:
        """Return where the warehouse lies."""
        return {"CONSILIUM_DATA_DIR": "/data"}

    @classmethod
    def volumes(cls, place: Place) -> dict[str, str]:
        """Return the disk."""
        return {f"{place.prefix}-report": "/data"}

    def __init__(self, place: Place, *, name: str = "", picture: str = "") -> None:
        super().__init__(place, name=name, picture=picture)
        self._volume = f"{place.prefix}-report"
        self._options = f"size={self._SIZE}m,uid={ACCOUNT.partition(':')[0]},gid={ACCOUNT.partition(':')[2]},mode=0700"
        # Memory as a disk has a size, and lasts while somebody mounts it: this one does when report is stopped.
        self._keeper = Part(
            place,
            "disk",
            image("nats", place.tag),
            memory="512m",
            volumes={self._volume: "/data"},
            more={"entrypoint": ["python3", "-c", "import signal; signal.pause()"]},
        )

    def start(self) -> None:
        """Make the disk and start."""
        options = {"type": "tmpfs", "device": "tmpfs", "o": self._options}
        docker.from_env().volumes.create(self._volume, driver="local", driver_opts=options)
        self._keeper.start()
        super().start()

    def remove(self) -> None:
        """End it and give the disk back."""
        super().remove()
        self._keeper.remove()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Have not a byte left on the warehouse's disk for the length of a block."""
        self._keeper.run("python3", "-c", _FILL)
        try:
            yield
        finally:
            self._keeper.run("python3", "-c", "import os; os.remove('/data/filler')")


# Until the disk says no; then once more byte by byte is not needed: a block is less than any part of the warehouse.
_FILL = """
import errno
with open("/data/filler", "wb", buffering=0) as file:
    block = bytes(1 << 16)
    try:
        while True:
            if file.write(block) < len(block):
                break
    except OSError as full:
        if full.errno != errno.ENOSPC:
            raise
"""


class Gateway(Service):
    """The door: HTTP for people, scripts and sites."""

    NAME = "gateway"
    IMAGE = "gateway"
    MEMORY = "512m"
    PORTS = {"http": HTTP, "pages": PAGES}

    @classmethod
    def command(cls, role: str) -> list[str]:
        """Return what the image is told to run; the gateway has one role."""
        return ["gateway"]

    @classmethod
    def own(cls, place: Place) -> dict[str, str]:
        """Return what the sign-in of people needs."""
        return {
            "CONSILIUM_HTTP_PORT": str(HTTP),
            "CONSILIUM_CONSOLE_CLIENT": CONSOLE_CLIENT,
            "CONSILIUM_CONSOLE_SECRET_FILE": _inside(place.keys.console),
        }

    @classmethod
    def published(cls, place: Place) -> dict[str, int]:
        """Return its port, which letters' links name."""
        return {"http": place.gateway_port}

    @property
    def url(self) -> str:
        """Return the address of the public API."""
        return f"http://{self.address('http')}"

    def ready(self) -> bool:
        """Tell whether it and all that it needs answers."""
        return httpx.get(f"{self.url}/readyz", timeout=10).is_success

    def readiness(self) -> dict[str, bool]:
        """Return what it says of each thing that it needs."""
        return dict(httpx.get(f"{self.url}/readyz", timeout=30).json())


def _common(place: Place) -> dict[str, str]:
    linked = {name: f"links:{port}" for name, port in LINKED.items()}
    return {
        **{f"CONSILIUM_{name.upper()}_ADDRESS": f"{name}:{GRPC}" for name in SERVICES},
        "CONSILIUM_MONGODB": f"mongodb://{linked['mongodb']}/?replicaSet=rs0",
        "CONSILIUM_NATS": f"nats://{linked['nats']}",
        "CONSILIUM_OPENSEARCH": f"http://{linked['opensearch']}",
        "CONSILIUM_SMTP": f"smtp://{linked['mailbox']}",
        "CONSILIUM_ISSUER": Keycloak.inside,
        "CONSILIUM_NAMESPACE": NAMESPACE,
        "CONSILIUM_CELL": "containers",
        "CONSILIUM_STREAM_SHARE": "0.1",
        "CONSILIUM_HOST": "0.0.0.0",  # noqa: S104  # the container's own network
        "CONSILIUM_GRPC_PORT": str(GRPC),
        "CONSILIUM_METRICS_PORT": str(PAGES),
        "CONSILIUM_PUBLIC_URL": f"http://{HOST}:{place.gateway_port}",
        "CONSILIUM_PRINCIPAL_KEY": place.keys.principal_public,
        "CONSILIUM_INSTALLATION_KEY_FILE": _inside(place.keys.installation),
        "CONSILIUM_SERVICE_SECRET_FILE": _inside(place.keys.service),
    }


def _secrets(place: Place) -> dict[Path, str]:
    return {place.directory / "secrets": _SECRETS}


def _inside(path: Path) -> str:
    return f"{_SECRETS}/{path.name}"
