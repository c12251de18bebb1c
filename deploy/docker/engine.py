"""Docker's command line, which is all that building and inspecting images needs."""

import json
import os
import shutil
import subprocess
from typing import IO, Any


class DockerError(RuntimeError):
    """Docker is missing or refused; the message is its own."""


def client() -> str:
    """Give the client to use: `CONSILIUM_DOCKER`, else the distribution's, which builds without a plug-in."""
    named = os.environ.get("CONSILIUM_DOCKER")
    found = named or shutil.which("docker", path="/usr/bin") or shutil.which("docker")
    if not found:
        raise DockerError("docker is missing")
    return found


def docker(*arguments: str, stdin: "IO[bytes] | None" = None, loud: bool = False) -> str:
    """Run one command and give what it printed; with `loud` it prints to the screen instead.

    Raises:
        DockerError: it failed.
    """
    command = [client(), *arguments]
    done = subprocess.run(
        command,
        stdin=stdin,
        stdout=None if loud else subprocess.PIPE,
        stderr=None if loud else subprocess.PIPE,
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
        check=False,
    )
    if done.returncode != 0:
        said = "" if loud else (done.stderr or b"").decode()[-3000:]
        raise DockerError(f"docker {' '.join(arguments[:2])} failed {said}")
    return "" if loud else done.stdout.decode()


def need() -> None:
    """Make sure that an engine answers.

    Raises:
        DockerError: none does; the message says what to do.
    """
    try:
        docker("version", "--format", "{{.Server.Version}}")
    except DockerError as problem:
        raise DockerError(
            f"{problem}\nNo Docker engine answers. As root on Debian: apt-get install docker.io debootstrap; dockerd &"
        ) from None


def exists(image: str) -> bool:
    """Tell whether an image is here."""
    return bool(docker("images", "--quiet", image).strip())


def inspect(image: str) -> dict[str, Any]:
    """Give what Docker knows of an image."""
    found: dict[str, Any] = json.loads(docker("image", "inspect", image))[0]
    return found
