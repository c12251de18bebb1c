"""Zipkin, the local viewer of traces: the real server with its page, in memory, from Maven.

It is told spans in its own form (v2, JSON), so what arrives by OTLP is written anew here. Links have no place in it:
they become a tag. What is shown ends with the process.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.local.children import HOST, Running, spawn
from deploy.local.engines import maven
from deploy.local.engines.cache import built
from deploy.local.engines.packages import java
from deploy.local.traces.receiver import Receiver, Span

NAME = "traces"
VERSION = "3.5.1"
_JAR = "zipkin-server.jar"
_KINDS = {"SERVER", "CLIENT", "PRODUCER", "CONSUMER"}


def obtain() -> Path:
    """Return the server's jar, fetched the first time."""

    def assemble(folder: Path) -> None:
        maven.copy(f"io.zipkin:zipkin-server:{VERSION}:jar:exec", folder)
        [found] = folder.glob("*.jar")
        shutil.move(found, folder / _JAR)

    return built(f"zipkin-{VERSION}", assemble) / _JAR


def start(directory: Path, port: int, *, log: Path | None = None) -> Running:
    """Start the viewer; its first address is the page."""
    directory.mkdir(parents=True, exist_ok=True)
    page = f"http://{HOST}:{port}"
    listen = {"ip": HOST, "port": str(port), "protocols[0]": "http"}
    command = [
        java(), "-Xms64m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(obtain()),
        *(f"--armeria.ports[0].{name}={value}" for name, value in listen.items()),
        "--zipkin.storage.type=mem", "--zipkin.storage.mem.max-spans=300000", "--zipkin.query.lookback=86400000",
    ]  # fmt: skip
    log = log or directory / "zipkin.log"
    return Running(
        NAME,
        spawn(command, log, directory=directory),
        log,
        {"page": page},
        lambda: httpx.get(f"{page}/health", timeout=2).status_code == httpx.codes.OK,
    )


class Viewer:
    """The viewer and the receiver before it; every process that is started after `start` exports to it."""

    def __init__(self, directory: Path, page_port: int, otlp_port: int, log: Path) -> None:
        self._directory, self._port, self._log = directory, page_port, log
        self._client = httpx.Client(base_url=f"http://{HOST}:{page_port}", timeout=30)
        self._receiver = Receiver(otlp_port, self._show)
        self._server: Running | None = None

    def start(self) -> Running:
        """Start both and name the receiver to whatever is started from now on."""
        self._server = start(self._directory, self._port, log=self._log)
        self._receiver.start()
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = self._receiver.address
        return self._server

    def _show(self, spans: Sequence[Span]) -> None:
        self._client.post("/api/v2/spans", json=[written(span) for span in spans])

    def stop(self) -> None:
        """End both."""
        self._receiver.stop()
        self._client.close()
        if self._server is not None:
            self._server.stop()


def written(span: Span) -> dict[str, Any]:
    """Write a span as Zipkin has it; times in microseconds."""
    tags = {name.removeprefix("consilium."): str(value) for name, value in span.attributes.items()}
    if span.failed:
        tags["error"] = span.failed
    if span.links:
        tags["linked to"] = ", ".join(span.links)
    told: dict[str, Any] = {
        "traceId": span.trace,
        "id": span.id,
        "name": span.name,
        "timestamp": span.began // 1000,
        "duration": max((span.ended - span.began) // 1000, 1),
        "localEndpoint": {"serviceName": span.service.removeprefix("consilium-")},
        "tags": tags,
    }
    if span.parent:
        told["parentId"] = span.parent
    if span.kind in _KINDS:
        told["kind"] = span.kind
    return told
