"""Secrets are made once, kept, and readable by their owner only."""

import base64
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.keys import keys


def test_a_second_start_finds_the_same_keys(tmp_path: Path) -> None:
    first = keys(tmp_path / "secrets")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}

    assert keys(tmp_path / "secrets") == first
    assert {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()} == kept


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    keys(tmp_path / "secrets")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_the_public_key_belongs_to_the_private_one(tmp_path: Path) -> None:
    made = keys(tmp_path / "secrets")

    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(made.principal_private.read_text(encoding="utf-8")))
    assert base64.b64encode(private.public_key().public_bytes_raw()).decode() == made.principal_public
    assert len(base64.b64decode(made.installation.read_text(encoding="utf-8"))) == 32


def test_every_person_has_a_password_of_his_own(tmp_path: Path) -> None:
    passwords = list(keys(tmp_path / "secrets").realm.passwords.values())

    assert len(set(passwords)) == len(passwords) >= 5
