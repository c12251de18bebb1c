"""Tokens of public links and return paths: opaque, unguessable, made without looking anything up.

Promise: a token opens only for what it was made for. An unsubscribe token carries all that is needed to obey it, so it
never expires, even when the message is gone. Return paths survive mail servers that change the case of letters.
"""

import base64
import hashlib
import hmac
import struct
import uuid

from chassis.crypto import SealBroken, Sealer, derive
from services.channel.domain.errors import LinkUnknown
from services.channel.domain.message import Message
from services.channel.domain.tracking import UnsubscribeWish

_RETURN_PATH = b"return-path"


class Tokens:
    """Makes and reads tokens under keys derived from the installation's."""

    def __init__(self, installation_key: bytes) -> None:
        self._sealer = Sealer(installation_key, "channel-links")
        self._mac = derive(installation_key, "channel-return-paths")

    def opened(self, message: str) -> str:
        return self._sealer.seal_text(uuid.UUID(message).bytes, b"open")

    def browser(self, message: str) -> str:
        return self._sealer.seal_text(uuid.UUID(message).bytes, b"browser")

    def click(self, message: str, link: int) -> str:
        return self._sealer.seal_text(uuid.UUID(message).bytes + struct.pack(">H", link), b"click")

    def unsubscribe(self, message: Message) -> str:
        plain = uuid.UUID(message.id).bytes + message.address_hmac + message.order.controller.encode()
        return self._sealer.seal_text(plain, b"unsubscribe")

    def read_opened(self, token: str) -> str:
        """Give the message. Raises LinkUnknown."""
        return str(uuid.UUID(bytes=self._open(token, b"open", 16)))

    def read_browser(self, token: str) -> str:
        """Give the message. Raises LinkUnknown."""
        return str(uuid.UUID(bytes=self._open(token, b"browser", 16)))

    def read_click(self, token: str) -> tuple[str, int]:
        """Give the message and the link's number. Raises LinkUnknown."""
        plain = self._open(token, b"click", 18)
        return str(uuid.UUID(bytes=plain[:16])), struct.unpack(">H", plain[16:])[0]

    def read_unsubscribe(self, token: str) -> UnsubscribeWish:
        """Give what is to be withdrawn. Raises LinkUnknown."""
        plain = self._open(token, b"unsubscribe", 32)
        return UnsubscribeWish(str(uuid.UUID(bytes=plain[:16])), plain[16:32], plain[32:].decode())

    def _open(self, token: str, place: bytes, size: int) -> bytes:
        try:
            plain = self._sealer.open_text(token, place)
        except SealBroken as error:
            raise LinkUnknown from error
        if len(plain) < size:
            raise LinkUnknown
        return plain

    def return_path(self, message: str, domain: str) -> str:
        """Make the envelope sender of a message (VERP): what bounces to it tells which message bounced."""
        plain = uuid.UUID(message).bytes
        tag = hmac.digest(self._mac, _RETURN_PATH + plain, hashlib.sha256)[:10]
        return f"b-{base64.b32encode(plain + tag).decode().rstrip('=').lower()}@{domain}"

    def read_return_path(self, address: str) -> str | None:
        """Give the message of a return path, None when it is none of ours."""
        local = address.partition("@")[0]
        if not local.lower().startswith("b-"):
            return None
        coded = local[2:].upper()
        try:
            plain = base64.b32decode(coded + "=" * (-len(coded) % 8))
        except ValueError:
            return None
        if len(plain) != 26:
            return None
        tag = hmac.digest(self._mac, _RETURN_PATH + plain[:16], hashlib.sha256)[:10]
        return str(uuid.UUID(bytes=plain[:16])) if hmac.compare_digest(tag, plain[16:]) else None
