"""A whole installation for tests: the runner's own code, on free ports, in a temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from secrets import token_hex

from deploy.local.addresses import write_addresses
from deploy.local.children import free_ports
from deploy.local.screen import say
from deploy.local.system import System
from deploy.local.table import Ports

_ERROR = '"level": "error"'


@contextmanager
def installed() -> Iterator[System]:
    """Give a running system: gateway, services, mailbox and engines; `addresses.json` lies in its directory.

    Engines that the environment names are used as they are, in a namespace of this installation's own.
    """
    directory = Path(tempfile.mkdtemp(prefix="consilium-whole-"))
    # OpenSearch runs as a user of its own, who has to enter.
    directory.chmod(0o711)
    names = [field.name for field in fields(Ports)]
    ports = Ports(**dict(zip(names, free_ports(len(names)), strict=True)))
    running = System(directory, ports, say, heap="512m", namespace=f"t{token_hex(5)}")
    try:
        running.start()
        write_addresses(running)
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory, ignore_errors=True)


def errors_in(logs: Path, most: int = 20) -> str:
    """Give the last lines of level error of every log in a folder, each with the name of its process."""
    told = []
    for log in sorted(logs.glob("*.log*")):
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if _ERROR in line]
        told += [f"{log.stem}: {line}" for line in lines[-most:]]
    return "\n".join(told) or "none"
