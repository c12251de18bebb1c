"""What an operator is given, signed: `make release KEY=FILE`, or `python -m deploy.docker.release KEY`.

Writes build/release/VERSION: the sources of the commit with their manifests, every image but the mailbox as an archive
for `docker load`, what each consists of, `SHA256SUMS` over all of it and `SHA256SUMS.sig`. KEY is an Ed25519 private
key in PEM (`openssl genpkey -algorithm ed25519 -out KEY`), which stays with whoever releases. Promise: what is signed
is one commit, its images are built from it, and the folder is whole or not there.
"""

import argparse
import hashlib
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from deploy.docker import base, build, sbom
from deploy.docker.engine import DockerError, docker, need

ROOT = build.ROOT
FOLDER = ROOT / "build/release"
IMAGES = ("service", "report", "gateway")
SUMS, SIGNATURE, PUBLIC_KEY = "SHA256SUMS", "SHA256SUMS.sig", "release.pub"


class ReleaseError(RuntimeError):
    """This cannot be released; the message says why."""


def release(
    key: Ed25519PrivateKey, version: str, commit: str, folder: Path = FOLDER, images: Sequence[str] = IMAGES
) -> Path:
    """Build the images, write the release of a commit, which the tree is at, and give its folder.

    Raises:
        ReleaseError: a licence is not allowed.
        DockerError: no engine answers, or an image cannot be built.
    """
    built = {image: build.build(image) for image in images}
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{version}.", dir=folder))
    try:
        if refused := sbom.write(images, staging / "sbom"):
            raise ReleaseError("\n".join(refused))
        for image, full in built.items():
            docker("tag", full, f"consilium/{image}:{version}")
            docker("save", "--output", str(staging / f"{image}.tar"), f"consilium/{image}:{version}")
        build.git("archive", f"--prefix=consilium-{version}/", "--output", str(staging / "sources.tar.gz"), commit)
        sign(key, staging)
        staging.chmod(0o755)
        target = folder / version
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return target


def committed() -> str:
    """Return the commit that the tree is at.

    Raises:
        ReleaseError: something is changed since, or not tracked.
    """
    if changed := build.git("status", "--porcelain"):
        raise ReleaseError(f"a release is one commit; not committed:\n{changed}")
    return build.git("rev-parse", "HEAD")


def sign(key: Ed25519PrivateKey, folder: Path) -> None:
    """Write the sums of all that lies in a folder, their signature, and the key that proves it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_digest(path)}  {path.relative_to(folder)}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    (folder / SIGNATURE).write_bytes(key.sign((folder / SUMS).read_bytes()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / PUBLIC_KEY).write_bytes(public)


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read the key to sign with.

    Raises:
        ReleaseError: it cannot be read, or is of another kind.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise ReleaseError(f"the key cannot be read: {problem}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseError("the key is not an Ed25519 one: openssl genpkey -algorithm ed25519 -out KEY")
    return key


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Read the command line and release."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.docker.release",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("key", type=Path, help="Ed25519 private key in PEM")
    arguments = parser.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    try:
        need()
        base.obtain()
        print(release(read_key(arguments.key), version, committed()))
    except (base.BaseError, DockerError, ReleaseError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
