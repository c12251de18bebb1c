"""Engines for tests: real ones, started when the first test asks, stopped at the end of the session.

An address from the environment (`CONSILIUM_MONGODB`, `CONSILIUM_NATS`, `CONSILIUM_OPENSEARCH`, `CONSILIUM_ISSUER`)
is used as it stands; otherwise the embedded engine is started in a temporary folder on free ports. An engine that
cannot be had fails the test, it never skips one. Tests keep apart by a fresh `namespace`.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pymongo
import pytest
from hypothesis import settings
from nats import connect

from deploy.local.children import Running, ended, free_ports
from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.mailbox import client as mailboxes
from deploy.local.mailbox.client import Mailbox
from tests.engines.identity import Identity, started_identity
from tests.installation import errors_in

# A property is about values, never about time: a busy machine must not fail one.
settings.register_profile("consilium", deadline=None, print_blob=True)
settings.load_profile("consilium")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the processes of a whole installation called an error: its folder is gone later."""
    report = yield
    if report.failed:
        for given in getattr(item, "funcargs", {}).values():
            logs = getattr(getattr(given, "system", given), "logs", None)
            if isinstance(logs, Path):
                report.sections.append(("Errors in the logs of the installation", errors_in(logs)))
    return report


class Engines:
    """The session's engines by name: started once, on demand."""

    def __init__(self, directory: Path, running: list[Running]) -> None:
        self._directory = directory
        self._running = running
        self._addresses: dict[str, str] = {}

    def address(self, variable: str, start: Callable[[Path], Running], seconds: float = 120) -> str:
        """Return the address that the environment names, else of the engine that `start` starts in a folder."""
        if variable not in self._addresses:
            self._addresses[variable] = os.environ.get(variable) or self.run(start, seconds).address
        return self._addresses[variable]

    def known(self, variable: str) -> str | None:
        """Return the address of an engine that some test has asked for, without starting one."""
        return self._addresses.get(variable)

    def run(self, start: Callable[[Path], Running], seconds: float = 120) -> Running:
        """Start something in the session's folder, wait until it answers, and stop it at the end."""
        running = start(self._directory)
        self._running.append(running)
        return running.wait(seconds)


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """Give the holder of embedded engines; other fixtures name the one that they need."""
    # Not pytest's own temporary folder: OpenSearch runs as a user who may not enter that one.
    directory = Path(tempfile.mkdtemp(prefix="consilium-tests-"))
    directory.chmod(0o711)
    try:
        with ended([]) as running:
            yield Engines(directory, running)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def mongodb_url(engines: Engines) -> str:
    """Give a MongoDB replica set: `mongodb://127.0.0.1:…/?replicaSet=rs0`."""
    return engines.address("CONSILIUM_MONGODB", lambda home: mongodb.start(home / "mongodb", free_ports(mongodb.PORTS)))


@pytest.fixture(scope="session")
def nats_url(engines: Engines) -> str:
    """Give a NATS server with JetStream: `nats://127.0.0.1:…`; tests make the streams of their namespace."""
    return engines.address("CONSILIUM_NATS", lambda home: nats.start(home / "nats", free_ports(nats.PORTS)))


@pytest.fixture(scope="session")
def opensearch_url(engines: Engines) -> str:
    """Give an OpenSearch node: `http://127.0.0.1:…`; indices are made explicitly, never by a write."""
    return engines.address(
        "CONSILIUM_OPENSEARCH",
        lambda home: opensearch.start(home / "opensearch", free_ports(opensearch.PORTS), heap="512m"),
    )


@pytest.fixture(scope="session")
def identity(engines: Engines) -> Identity:
    """Give the provider of sign-in with its demo realm: issuer, secrets, people, and tokens of each."""
    return started_identity(
        lambda realm: engines.address(
            "CONSILIUM_ISSUER",
            lambda home: keycloak.start(home / "keycloak", free_ports(keycloak.PORTS), realm=realm),
            seconds=240,
        )
    )


@pytest.fixture(scope="session")
def keycloak_url(identity: Identity) -> str:
    """Give the issuer of the test realm."""
    return identity.issuer


@pytest.fixture
def namespace(engines: Engines) -> Iterator[str]:
    """Give a name of this test alone for databases, streams and indices; whatever bears it is dropped at the end."""
    name = f"t{secrets.token_hex(5)}"
    yield name
    if address := engines.known("CONSILIUM_MONGODB"):
        with pymongo.MongoClient[dict[str, object]](address) as client:
            for database in client.list_database_names():
                if database.startswith(f"{name}_"):
                    client.drop_database(database)
    if address := engines.known("CONSILIUM_NATS"):
        # In a thread with a loop of its own: the test's loop belongs to pytest-asyncio.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _drop_streams(address, f"{name.upper()}_")).result(60)
    if address := engines.known("CONSILIUM_OPENSEARCH"):
        found = httpx.get(f"{address}/_cat/indices/{name}-*", params={"h": "index"}, timeout=30).text.split()
        if found:
            httpx.delete(f"{address}/{','.join(found)}", timeout=30)


@pytest.fixture(scope="session")
def mailbox_process(engines: Engines) -> Mailbox:
    """Give the session's mailbox process; tests that set rules or count letters ask for `mailbox`."""
    running = engines.run(lambda home: mailboxes.start(home / "mailbox", free_ports(mailboxes.PORTS)))
    return Mailbox(running.addresses["page"], running.addresses["smtp"])


@pytest.fixture
def mailbox(mailbox_process: Mailbox) -> Mailbox:
    """Give an empty mailbox without rules that really speaks SMTP."""
    mailbox_process.clear_rules()
    mailbox_process.clear()
    return mailbox_process


async def _drop_streams(address: str, prefix: str) -> None:
    client = await connect(address)
    try:
        bus = client.jetstream()
        for stream in await bus.streams_info():
            if str(stream.config.name).startswith((prefix, f"OBJ_{prefix}", f"KV_{prefix}")):
                await bus.delete_stream(str(stream.config.name))
    finally:
        await client.close()
