"""A release as an operator receives it: whole, loadable, and proved by its key with openssl and sha256sum alone."""

import subprocess
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.docker.engine import docker
from deploy.docker.release import PUBLIC_KEY, SIGNATURE, SUMS, release

pytestmark = [pytest.mark.containers, pytest.mark.timeout(300)]


def proved(folder: Path) -> bool:
    """Do what docs/admin/upgrade.md tells an operator to do."""
    signature = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", PUBLIC_KEY, "-rawin", "-in", SUMS]
    commands = ([*signature, "-sigfile", SIGNATURE], ["sha256sum", "--check", "--quiet", SUMS])
    return all(subprocess.run(each, cwd=folder, capture_output=True, check=False).returncode == 0 for each in commands)


def test_a_release_is_whole_and_whoever_changes_it_is_found_out(tmp_path: Path) -> None:
    folder = release(Ed25519PrivateKey.generate(), "0.0.0", "HEAD", tmp_path, ["service"])

    assert [path.name for path in tmp_path.iterdir()] == ["0.0.0"]
    assert proved(folder)
    docker("rmi", "consilium/service:0.0.0")
    with (folder / "service.tar").open("rb") as archive:
        assert "consilium/service:0.0.0" in docker("load", stdin=archive)
    docker("rmi", "consilium/service:0.0.0")
    with tarfile.open(folder / "sources.tar.gz") as sources:
        assert "consilium-0.0.0/deploy/k8s/base/kustomization.yaml" in sources.getnames()

    document = folder / "sbom/service.cdx.json"
    whole = document.read_bytes()
    document.write_bytes(whole.replace(b"pymongo", b"pymango", 1))
    assert not proved(folder)
    document.write_bytes(whole)
    assert proved(folder)
    (folder / SUMS).write_text((folder / SUMS).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not proved(folder)
