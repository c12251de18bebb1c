"""Engines for a benchmark: the addresses of the environment, else embedded ones in a temporary folder."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.grpc import Principal, actions_of, sign
from chassis.kernel import new_id
from deploy.local.children import Running, ended, free_ports
from deploy.local.engines import mongodb, nats, opensearch


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the engines answer, and who a benchmark is."""

    mongodb: str
    nats: str
    opensearch: str
    directory: Path
    namespace: str
    key: Ed25519PrivateKey
    installation_key: bytes

    @property
    def public_key(self) -> bytes:
        """Give the key that tokens of this ground are checked with."""
        return self.key.public_key().public_bytes_raw()

    def settings(self, **more: Any) -> dict[str, Any]:
        """Give what every service's settings want."""
        return {
            "namespace": self.namespace,
            "mongodb": self.mongodb,
            "nats": self.nats,
            "stream_share": 0.05,
            "installation_key": self.installation_key,
            "service_secret": "a benchmark's own secret",
            "principal_key": self.public_key,
            "grpc_port": 0,
            **more,
        }

    def token(self, audience: str, services: tuple[str, ...], kind: str = "person") -> str:
        """Give a token with every action of some proto services, good for a minute."""
        actions = frozenset(actions_of(services).values())
        return sign(self.key, Principal("benchmark", kind, (), "*", ("*",), actions), audience, now=time.time())


@contextmanager
def ground(*, search: bool = False) -> Iterator[Ground]:
    """Give MongoDB and NATS, with `search` OpenSearch too, and stop what was started."""
    directory = Path(tempfile.mkdtemp(prefix="consilium-bench-"))
    directory.chmod(0o711)
    try:
        with ended([]) as running:

            def address(variable: str, start: Any) -> str:
                known = os.environ.get(variable)
                if known:
                    return known
                child: Running = start()
                running.append(child)
                return child.wait(180).address

            yield Ground(
                mongodb=address(
                    "CONSILIUM_MONGODB", lambda: mongodb.start(directory / "mongodb", free_ports(mongodb.PORTS))
                ),
                nats=address("CONSILIUM_NATS", lambda: nats.start(directory / "nats", free_ports(nats.PORTS))),
                opensearch=address(
                    "CONSILIUM_OPENSEARCH",
                    lambda: opensearch.start(directory / "opensearch", free_ports(opensearch.PORTS)),
                )
                if search
                else "",
                directory=directory,
                namespace=f"bench-{new_id()[-12:]}",
                key=Ed25519PrivateKey.generate(),
                installation_key=os.urandom(32),
            )
    finally:
        shutil.rmtree(directory, ignore_errors=True)
