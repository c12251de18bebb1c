"""Artefacts of Maven repositories: resolved through the ordinary client, which knows the user's mirrors."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.local.engines.packages import java, need

_PROJECT = '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
_GOALS = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"


class ResolutionError(RuntimeError):
    """Maven could not resolve an artefact; carries what it said."""


def copy_with_dependencies(sets: Mapping[str, Sequence[str]], target: Path) -> None:
    """Put the jars of each named set, with everything they need at run time, into `target/<name>`.

    A set is a sequence of `group:artefact:version`; within one, Maven picks one version per artefact.
    """
    with tempfile.TemporaryDirectory(prefix="consilium-maven-") as scratch:
        root = Path(scratch)
        modules = "".join(f"<module>{escape(name)}</module>" for name in sets)
        head = "<groupId>local</groupId><artifactId>engine</artifactId><version>1</version>"
        (root / "pom.xml").write_text(
            f"{_PROJECT}{head}<packaging>pom</packaging><modules>{modules}</modules></project>", encoding="utf-8"
        )
        for name, artefacts in sets.items():
            (root / name).mkdir()
            (root / name / "pom.xml").write_text(_project(name, artefacts), encoding="utf-8")
        _maven(root, f"{_GOALS}:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars")
        for name in sets:
            # Not a rename: the cache may lie on another file system than the temporary folder.
            shutil.move(root / name / "jars", target / name)


def copy(artefact: str, target: Path) -> None:
    """Put one artefact (`group:artefact:version[:type]`) alone into the folder `target`."""
    with tempfile.TemporaryDirectory(prefix="consilium-maven-") as scratch:
        _maven(Path(scratch), f"{_GOALS}:copy", f"-Dartifact={artefact}", f"-DoutputDirectory={target}")


def _project(name: str, artefacts: Sequence[str]) -> str:
    dependencies = ""
    for artefact in artefacts:
        group, identifier, version = map(escape, artefact.split(":"))
        dependencies += (
            f"<dependency><groupId>{group}</groupId><artifactId>{identifier}</artifactId>"
            f"<version>{version}</version></dependency>"
        )
    head = f"<groupId>local</groupId><artifactId>{escape(name)}</artifactId><version>1</version>"
    return f"{_PROJECT}{head}<dependencies>{dependencies}</dependencies></project>"


def _maven(directory: Path, *arguments: str) -> None:
    need("mvn")
    done = subprocess.run(
        ["mvn", "--quiet", "--batch-mode", *arguments],
        cwd=directory,
        env={**os.environ, "JAVA_HOME": str(Path(java()).parent.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ResolutionError((done.stdout + done.stderr).strip()[-2000:])
