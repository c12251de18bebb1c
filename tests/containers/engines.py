"""The engines of a system under test, one class each, and the links that lead to them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pymongo
from pymongo.errors import OperationFailure

from deploy.docker.engines.images import image
from deploy.local.engines.realm import realm
from deploy.local.mailbox.client import Mailbox
from tests.containers.part import Part, Place

_NOT_INITIATED = 94
# What services reach through `Links`, by the name of the part: its port, the same at both ends.
LINKED = {"mongodb": 27017, "nats": 4222, "opensearch": 9200, "mailbox": 2525}


class MongoDB(Part):
    """The documents: a replica set of one member, which services know as `links:27017`."""

    def __init__(self, place: Place) -> None:
        # The member bears the name that clients dial; it must know itself by it even while the links are down.
        super().__init__(
            place,
            "mongodb",
            image("mongodb", place.tag),
            memory="1g",
            command=[
                "mongod", "--quiet", "--replSet", "rs0", "--bind_ip_all", "--dbpath", "/data/db",
                "--oplogSize", "512", "--wiredTigerCacheSizeGB", "0.3",
                "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
                "--setParameter", "transactionLifetimeLimitSeconds=20",
            ],
            ports={"mongodb": LINKED["mongodb"]},
            more={"extra_hosts": {"links": "127.0.0.1"}},
        )  # fmt: skip

    @property
    def url(self) -> str:
        """Return the address for a client on this machine."""
        return f"mongodb://{self.address('mongodb')}/?directConnection=true"

    def ready(self) -> bool:
        """Tell whether it takes writes; the first time it is told that it is a set of one."""
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.url, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000) as client:
            try:
                client.admin.command("replSetGetStatus")
            except OperationFailure as refusal:
                if refusal.code != _NOT_INITIATED:
                    raise
                member = {"_id": 0, "host": f"links:{LINKED['mongodb']}"}
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
            return bool(client.admin.command("hello")["isWritablePrimary"])


class Nats(Part):
    """The bus: JetStream on a volume of its own."""

    def __init__(self, place: Place) -> None:
        config = place.directory / "nats.conf"
        # Streams reserve their bytes beforehand, more than a test machine's disk holds.
        config.write_text(
            "max_payload: 8MB\nhttp: 8222\njetstream { store_dir: /data, max_file_store: 100TB }\n", encoding="utf-8"
        )
        super().__init__(
            place,
            "nats",
            image("nats", place.tag),
            memory="512m",
            command=["--config", "/etc/nats.conf"],
            ports={"nats": LINKED["nats"], "monitor": 8222},
            shown={config: "/etc/nats.conf"},
        )

    @property
    def url(self) -> str:
        """Return the address for a client on this machine."""
        return f"nats://{self.address('nats')}"

    def ready(self) -> bool:
        """Tell whether JetStream is up."""
        return httpx.get(f"http://{self.address('monitor')}/healthz", timeout=3).is_success

    def messages(self, stream: str) -> int:
        """Count what lies in a stream."""
        told = httpx.get(f"http://{self.address('monitor')}/jsz", params={"streams": "true"}, timeout=10).json()
        streams = {s["name"]: s["state"]["messages"] for a in told["account_details"] for s in a["stream_detail"]}
        return int(streams[stream])


class OpenSearch(Part):
    """The index of people: a single node with a heap of 512 MB."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            place,
            "opensearch",
            image("opensearch", place.tag),
            memory="1400m",
            environment={
                "discovery.type": "single-node",
                "action.auto_create_index": "false",
                "cluster.routing.allocation.disk.threshold_enabled": "false",
                # The quick compiler alone halves the processor time of a start.
                "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1",
            },
            ports={"opensearch": LINKED["opensearch"]},
        )

    @property
    def url(self) -> str:
        """Return the address for a client on this machine."""
        return f"http://{self.address('opensearch')}"

    def ready(self) -> bool:
        """Tell whether all primary shards are there."""
        query = {"wait_for_status": "yellow", "timeout": "1s"}
        answer = httpx.get(f"{self.url}/_cluster/health", params=query, timeout=5)
        return answer.is_success and not answer.json()["timed_out"]


class Keycloak(Part):
    """The provider of sign-in with the demo realm; everybody's tokens name `http://keycloak:8080` as issuer."""

    inside = "http://keycloak:8080/realms/consilium"

    def __init__(self, place: Place) -> None:
        known = place.directory / "realm.json"
        known.write_text(json.dumps(realm(place.keys.realm, place.gateway_port), ensure_ascii=False), encoding="utf-8")
        super().__init__(
            place,
            "keycloak",
            image("keycloak", place.tag),
            memory="1g",
            command=[
                "start-dev", "--db=dev-mem", "--health-enabled=true", "--import-realm", "--hostname=http://keycloak:8080"
            ],
            ports={"http": 8080},
            tmpfs={"/opt/keycloak/data": "rw,mode=1777"},
            shown={known: "/opt/keycloak/data/import/realm.json"},
        )  # fmt: skip

    @property
    def url(self) -> str:
        """Return where a script on this machine asks for tokens."""
        return f"http://{self.address('http')}/realms/consilium"

    def ready(self) -> bool:
        """Tell whether the realm is there."""
        return httpx.get(f"{self.url}/.well-known/openid-configuration", timeout=5).is_success


class MailServer(Part):
    """The mailbox: takes letters by SMTP, shows them, refuses by rule, reports what bounces to channel."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            place,
            "mailbox",
            f"consilium/mailbox:{place.tag}",
            memory="256m",
            command=[
                "deploy.local.mailbox", "--host", "0.0.0.0", "--directory", "/data",  # noqa: S104  # the container's network
                "--smtp", str(LINKED["mailbox"]), "--page", "8025", "--bounces", "smtp://channel:2526",
            ],
            ports={"smtp": LINKED["mailbox"], "page": 8025},
            volumes={f"{place.prefix}-mailbox": "/data"},
        )  # fmt: skip

    @property
    def letters(self) -> Mailbox:
        """Give what reads letters and sets rules."""
        return Mailbox(f"http://{self.address('page')}", f"smtp://{self.address('smtp')}")

    def ready(self) -> bool:
        """Tell whether its page answers."""
        return httpx.get(f"http://{self.address('page')}/healthz", timeout=3).is_success


class Links(Part):
    """What lies between services and engines: each link can be slow or narrow on demand (Toxiproxy)."""

    def __init__(self, place: Place) -> None:
        config = place.directory / "links.json"
        proxies = [
            {"name": name, "listen": f"0.0.0.0:{port}", "upstream": f"{name}:{port}", "enabled": True}
            for name, port in LINKED.items()
        ]
        config.write_text(json.dumps(proxies), encoding="utf-8")
        super().__init__(
            place,
            "links",
            image("toxiproxy", place.tag),
            memory="128m",
            command=["-host", "0.0.0.0", "-config", "/etc/links.json"],  # noqa: S104  # the container's network
            ports={"control": 8474},
            shown={config: "/etc/links.json"},
        )

    def ready(self) -> bool:
        """Tell whether all links are laid."""
        return len(self._control("GET", "/proxies")) == len(LINKED)

    @contextmanager
    def slow(self, name: str, *, milliseconds: int, jitter: int = 0) -> Iterator[None]:
        """Have every piece of data on the link to `name` arrive late, both ways, for the length of a block."""
        names = []
        for stream in ("upstream", "downstream"):
            toxic = {"type": "latency", "stream": stream, "attributes": {"latency": milliseconds, "jitter": jitter}}
            names.append(self._control("POST", f"/proxies/{name}/toxics", toxic)["name"])
        try:
            yield
        finally:
            for toxic_name in names:
                self._control("DELETE", f"/proxies/{name}/toxics/{toxic_name}")

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(method, f"http://{self.address('control')}{path}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json() if answer.content else {}
