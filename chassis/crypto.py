"""Keys and what is done with them: envelope encryption, blind index, sealed tokens.

Promise: AES-256-GCM everywhere, with associated data that binds a value to its place (record id + field path), so a
ciphertext moved elsewhere does not open. Derived keys come from the installation's key by HKDF-SHA256, one per
purpose: losing one purpose's key tells nothing of another's. A destroyed data key makes its values unreadable for good.
"""

import base64
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class SealBroken(Exception):  # noqa: N818 - says what happened
    """The ciphertext was not made with this key for this place."""


def derive(installation_key: bytes, purpose: str) -> bytes:
    """Derive the 32-byte key of a purpose."""
    if len(installation_key) != 32:
        raise ValueError("the installation key must be 32 bytes")
    return HKDF(hashes.SHA256(), 32, salt=b"consilium", info=purpose.encode()).derive(installation_key)


class Sealer:
    """Encrypts and opens bytes under one purpose's key."""

    def __init__(self, installation_key: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive(installation_key, purpose))

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Encrypt for a place; the nonce comes first."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt.

        Raises:
            SealBroken: another key, another place, or altered bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def seal_text(self, plain: bytes, place: bytes) -> str:
        """Encrypt into URL-safe text, for tokens."""
        return base64.urlsafe_b64encode(self.seal(plain, place)).decode().rstrip("=")

    def open_text(self, token: str, place: bytes) -> bytes:
        """Decrypt such text."""
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError as error:
            raise SealBroken from error
        return self.open(sealed, place)


class DataKey:
    """A key of its own for one thing; its values die with it."""

    __slots__ = ("_cipher", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._cipher = AESGCM(raw)

    @classmethod
    def fresh(cls) -> "DataKey":
        """Make a new random key."""
        return cls(os.urandom(32))

    def encrypt(self, plain: bytes, place: bytes) -> bytes:
        """Encrypt for a place; the nonce comes first."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def decrypt(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt.

        Raises:
            SealBroken: another key, another place, or altered bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error


class BlindIndex:
    """Keyed hashes of normalised values: equal values meet, nobody reads them back.

    The same installation key gives the same hashes in every service, so that an address's hash made by profile finds
    its suppression in channel.
    """

    def __init__(self, installation_key: bytes) -> None:
        self._key = derive(installation_key, "blind-index")

    def digest(self, kind: str, value: str) -> bytes:
        """Give the 16-byte HMAC-SHA256 (cut) of a kind and a normalised value."""
        # The one-shot form stays in C: 1 µs instead of 8.
        return hmac.digest(self._key, f"{kind}\x1f{value}".encode(), "sha256")[:16]
