"""DKIM signatures (RFC 6376), relaxed/relaxed, by RSA-SHA256 and, where a key is given, Ed25519 (RFC 8463).

Promise: signs bytes that are already on their final form; a signature covers each named header once and the whole
body. Not here: which headers a letter has (mime.py).
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_RUNS = re.compile(rb"[ \t]+")
_TRAILING = re.compile(rb" +(?=\r\n)")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A signing key with the DNS name of its public half: `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def from_pem(cls, domain: str, selector: str, pem: bytes) -> "DkimKey":
        """Read a PKCS#8 private key.

        Raises:
            ValueError: the key is neither RSA of 2048 bits or more nor Ed25519.
        """
        key = serialization.load_pem_private_key(pem, password=None)
        if isinstance(key, RSAPrivateKey) and key.key_size < 2048:
            raise ValueError("a DKIM key of less than 2048 bits is not trusted by receivers")
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise ValueError("a DKIM key is RSA or Ed25519")
        return cls(domain, selector, key)

    def dns_record(self) -> str:
        """The TXT record that makes the signatures verifiable."""
        public = self.key.public_key()
        if isinstance(self.key, Ed25519PrivateKey):
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    def sign(self, headers: Sequence[tuple[bytes, bytes]], body_hash: bytes, at: int) -> bytes:
        """Make the whole DKIM-Signature header, CRLF included.

        Args:
            headers: canonical (name, value) pairs in the order in which they are signed.
            body_hash: SHA-256 of the canonical body.
            at: seconds since 1970.
        """
        algorithm = b"ed25519-sha256" if isinstance(self.key, Ed25519PrivateKey) else b"rsa-sha256"
        names = b":".join(name for name, _ in headers)
        value = b"v=1; a=%s; c=relaxed/relaxed; d=%s; s=%s; t=%d; h=%s; bh=%s; b=" % (
            algorithm, self.domain.encode("idna"), self.selector.encode(), at, names, base64.b64encode(body_hash),
        )  # fmt: skip
        signed = b"".join(b"%s:%s\r\n" % pair for pair in headers) + b"dkim-signature:" + value
        if isinstance(self.key, Ed25519PrivateKey):
            signature = self.key.sign(hashlib.sha256(signed).digest())
        else:
            signature = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        # Folded where white space is allowed, one space each, so that the relaxed form is what was signed.
        folded = value.replace(b"; h=", b";\r\n h=").replace(b"; bh=", b";\r\n bh=").replace(b"; b=", b";\r\n b=")
        coded = base64.b64encode(signature)
        lines = b"\r\n ".join(coded[start : start + 72] for start in range(0, len(coded), 72))
        return b"DKIM-Signature: " + folded + lines + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Canonicalise a body that uses CRLF (RFC 6376 §3.4.4); a body that is canonical already is not copied."""
    if b"  " in body or b"\t" in body or b" \r\n" in body:
        body = _TRAILING.sub(b"", _RUNS.sub(b" ", body))
    if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n"):
        stripped = body.rstrip(b"\r\n ")
        body = stripped + b"\r\n" if stripped else b""
    return body


def relaxed_value(value: bytes) -> bytes:
    """Canonicalise a header's value (RFC 6376 §3.4.2)."""
    return _RUNS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")
