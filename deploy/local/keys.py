"""What one installation alone knows: made once, kept in files that only their owner reads.

Promise: a second start finds the same keys; data stays readable and signed links stay valid.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deploy.local.engines.realm import PEOPLE, RealmSecrets


@dataclass(frozen=True, slots=True)
class Keys:
    """Paths of the installation's secrets, and what the realm needs in the clear."""

    installation: Path
    service: Path
    principal_private: Path
    principal_public: str
    console: Path
    realm: RealmSecrets


def keys(directory: Path, realm_file: Path | None = None) -> Keys:
    """Read the secrets in `directory`, making what is missing; those of the realm from `realm_file` when given."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = _kept(directory / "principal-key", lambda: _text(Ed25519PrivateKey.generate().private_bytes(*_RAW)))
    loaded = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private.read_text(encoding="utf-8")))
    realm_file = realm_file or _kept(directory / "realm.json", _realm)
    known = RealmSecrets(**json.loads(realm_file.read_text(encoding="utf-8")))
    console = directory / "console-secret"
    write_private(console, known.console)
    return Keys(
        installation=_kept(directory / "installation-key", lambda: _text(secrets.token_bytes(32))),
        service=_kept(directory / "service-secret", lambda: secrets.token_urlsafe(32)),
        principal_private=private,
        principal_public=_text(loaded.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
        console=console,
        realm=known,
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.rename(path)


_RAW = (Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def _kept(path: Path, make: Callable[[], str]) -> Path:
    if not path.exists():
        write_private(path, make())
    return path


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _realm() -> str:
    passwords = {person.name: secrets.token_urlsafe(9) for person in PEOPLE}
    return json.dumps(asdict(RealmSecrets(secrets.token_urlsafe(24), secrets.token_urlsafe(24), passwords)))
