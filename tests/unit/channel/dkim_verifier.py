"""A DKIM verifier of the tests' own, written from RFC 6376 and sharing no line with the signer."""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


def verify(raw: bytes, records: dict[str, str]) -> list[bool]:
    """Check each DKIM-Signature of a letter against DNS records by name, in order of appearance."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [field for field in re.split(rb"\r\n(?![ \t])", head) if field]
    signatures = [field for field in fields if field.lower().startswith(b"dkim-signature:")]
    return [_holds(signature, fields, body, records) for signature in signatures]


def _holds(signature: bytes, fields: list[bytes], body: bytes, records: dict[str, str]) -> bool:
    parts = (part.split(b"=", 1) for part in signature.split(b":", 1)[1].split(b";") if b"=" in part)
    tags = {name.strip().decode(): re.sub(rb"\s+", b"", value).decode() for name, value in parts}
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and lines[-1] == b"":
        lines.pop()
    canonical_body = b"".join(line + b"\r\n" for line in lines)
    if base64.b64encode(hashlib.sha256(canonical_body).digest()).decode() != tags["bh"]:
        return False
    left = list(fields)
    signed = b""
    for name in tags["h"].split(":"):
        for index in range(len(left) - 1, -1, -1):
            if left[index].split(b":", 1)[0].strip().lower() == name.lower().encode():
                signed += _relaxed(left.pop(index)) + b"\r\n"
                break
    emptied = re.sub(rb"(;\s*b=)[^;]*", rb"\1", signature)
    signed += _relaxed(emptied)
    record = dict(part.strip().split("=", 1) for part in records[f"{tags['s']}._domainkey.{tags['d']}"].split(";"))
    public = base64.b64decode(record["p"])
    try:
        if record["k"] == "ed25519":
            key = Ed25519PublicKey.from_public_bytes(public)
            key.verify(base64.b64decode(tags["b"]), hashlib.sha256(signed).digest())
        else:
            loaded = serialization.load_der_public_key(public)
            assert isinstance(loaded, RSAPublicKey)
            loaded.verify(base64.b64decode(tags["b"]), signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _relaxed(field: bytes) -> bytes:
    name, value = field.split(b":", 1)
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", re.sub(rb"\r\n", b"", value)).strip(b" \t")
