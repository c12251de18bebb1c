"""The Java that engines run on: between 17, which Keycloak needs, and 23, the last one that OpenSearch accepts."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

OLDEST, NEWEST = 17, 23
PACKAGE = "openjdk-17-jre-headless"
_INSTALLED = Path("/usr/lib/jvm")
_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


def found() -> str | None:
    """Return the path of a fitting Java, None when none is here."""
    return next((str(binary) for binary in _fitting()), None)


def _fitting() -> Iterator[Path]:
    usual = shutil.which("java")
    candidates = [Path(usual).resolve()] if usual else []
    candidates += sorted(_INSTALLED.glob("*/bin/java"))
    for candidate in candidates:
        if OLDEST <= _version(candidate) <= NEWEST:
            yield candidate


def _version(binary: Path) -> int:
    """Return the major version that the runtime's own release file tells, 0 when it tells none."""
    release = binary.parent.parent / "release"
    try:
        told = _VERSION.search(release.read_text(encoding="utf-8"))
    except OSError:
        return 0
    return int(told[1]) if told else 0
