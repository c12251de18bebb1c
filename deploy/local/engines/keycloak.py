"""Keycloak 26: the provider of sign-in that customers really run, in development mode with the demo realm.

The distribution is unpacked and augmented once, in the cache; each start has a home of its own that borrows the
libraries. Java is started directly: the distribution's script forwards SIGTERM, but its SIGKILL orphans java.
Accounts live in memory and come from the realm file at every start, with the same ids.
"""

import json
import os
import secrets
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.local.children import HOST, Running, spawn
from deploy.local.engines import maven
from deploy.local.engines.cache import built, cached
from deploy.local.engines.packages import java, need

NAME = "keycloak"
PORTS = 2
VERSION = "26.7.3"
# Raised whenever the augmentation below changes, so that older caches are left alone.
_RECIPE = 1
# What the server answers when it has augmented itself and asks to be started again.
_AUGMENTED = 10

# Options of the build: those of a start must be the same, or it augments again, inside the shared cache.
_BUILD = ("--db=dev-mem", "--health-enabled=true")

# As the distribution's kc.sh has them, less its remote debugging; compiler and collector are ours.
_JVM = (
    # The quick compiler alone halves the processor time of a start (38 s to 18 s), which each `make run` waits for.
    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms64m", "-Xmx512m",
    "-XX:MetaspaceSize=96M", "-XX:MaxMetaspaceSize=256m", "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US",
    "--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-Dpicocli.disable.closures=true",
)  # fmt: skip


def obtain() -> Path:
    """Return the distribution's home, unpacked and augmented the first time."""
    name = f"keycloak-{VERSION}-{_RECIPE}"
    need("setpriv", *(() if cached(name) else ("mvn",)), java=True)
    return built(name, _assemble)


def start(directory: Path, ports: Sequence[int], *, realm: Mapping[str, Any], log: Path | None = None) -> Running:
    """Start the server on `ports[0]`, its management on `ports[1]`, with `realm` imported.

    The first address is the realm's issuer.
    """
    port, management = ports
    distribution = obtain()
    home = directory / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "data" / "import").mkdir(parents=True)
    for folder in ("conf", "providers", "themes"):
        shutil.copytree(distribution / folder, home / folder)
    (home / "lib").symlink_to(distribution / "lib")
    imported = home / "data" / "import" / "realm.json"
    imported.touch(mode=0o600)
    imported.write_text(json.dumps(realm, ensure_ascii=False), encoding="utf-8")
    root = f"http://{HOST}:{port}"
    command = [
        *_java(home), "start-dev", *_BUILD, "--import-realm", f"--hostname={root}",
        f"--http-host={HOST}", f"--http-port={port}",
        f"--http-management-host={HOST}", f"--http-management-port={management}",
    ]  # fmt: skip
    # The administrator of Keycloak itself: needed by nobody here, so its password is told to nobody.
    environment = {"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": secrets.token_urlsafe(24)}
    log = log or directory / "keycloak.log"
    process = spawn(command, log, directory=directory, environment=environment)
    issuer = f"{root}/realms/{realm['realm']}"
    addresses = {"issuer": issuer, "management": f"http://{HOST}:{management}"}
    return Running(NAME, process, log, addresses, lambda: _open(issuer, management))


def _open(issuer: str, management: int) -> bool:
    health = httpx.get(f"http://{HOST}:{management}/health/ready", timeout=2)
    if health.status_code != httpx.codes.OK:
        return False
    discovered = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=5)
    return discovered.status_code == httpx.codes.OK and bool(discovered.json()["issuer"] == issuer)


def _java(home: Path) -> list[str]:
    paths = [f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home}/conf"]
    return [
        java(),
        *_JVM,
        *paths,
        "-cp",
        f"{home}/lib/quarkus-run.jar",
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
    ]


def _assemble(home: Path) -> None:
    archives = home / "archive"
    maven.copy(f"org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz", archives)
    with tarfile.open(next(archives.iterdir())) as archive:
        archive.extractall(home, filter="data")
    shutil.rmtree(archives)
    (unpacked,) = home.iterdir()
    for part in unpacked.iterdir():
        part.rename(home / part.name)
    unpacked.rmdir()
    done = subprocess.run(
        [*_java(home), "start-dev", *_BUILD],
        env={**os.environ, "JAVA_TOOL_OPTIONS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode != _AUGMENTED:
        raise RuntimeError(f"Keycloak did not augment itself ({done.returncode}):\n{done.stdout[-2000:]}")
