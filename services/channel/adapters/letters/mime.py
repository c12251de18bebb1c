"""A letter as bytes on the wire: headers that cannot be injected into, two parts, one or two signatures.

Promise: what does not depend on the reader is made once per form; a reader's copy is joined from it. Headers are
ASCII (RFC 2047 words), so they pass any server; only an address with a local part beyond ASCII needs SMTPUTF8.
Every line is at most 998 octets: a part that would break this goes as base64.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from services.channel.adapters.letters.dkim import DkimKey, relaxed_body, relaxed_value
from services.channel.domain.letter import RenderedLetter

LINE_LIMIT = 998
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\- ]*")
_WORD_BYTES = 45  # 60 characters of base64; with =?utf-8?b?…?= it stays below the 75 of RFC 2047.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class HeaderUnsafe(ValueError):  # noqa: N818  # says what happened
    """A value would break out of its header."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the letter says it is from."""

    name: str
    address: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What is written on one copy: for whom, and where to turn it off."""

    message_id: str
    recipient: str
    unsubscribe_url: str
    at: datetime
    unsubscribe_mail: str = ""


class LetterForm:
    """The packing of one sender: the reader-independent headers and the keys, made once."""

    def __init__(self, sender: Sender, keys: Sequence[DkimKey] = ()) -> None:
        self._keys = tuple(keys)
        self._domain = ascii_address(sender.address).rpartition("@")[2]
        fixed = [("From", mailbox(sender.name, sender.address))]
        if sender.reply_to:
            fixed.append(("Reply-To", ascii_address(sender.reply_to)))
        fixed.append(("MIME-Version", "1.0"))
        self._fixed_raw = b"".join(_header(name, value) for name, value in fixed)
        self._fixed_signed = [_canonical(name, value) for name, value in fixed]

    def pack(self, letter: RenderedLetter, label: Label, *, eight_bit: bool) -> bytes:
        """Make one copy, dot-stuffed and without the final dot.

        Raises:
            HeaderUnsafe: the recipient's address or the public address could break out of a header.
        """
        mark = hashlib.blake2b(label.message_id.encode(), digest_size=12, person=b"boundary").hexdigest()
        one_click = f"<{_safe(label.unsubscribe_url)}>"
        if label.unsubscribe_mail:
            one_click += f", <mailto:{_safe(label.unsubscribe_mail)}>"
        own = [
            ("To", ascii_address(label.recipient)),
            ("Subject", encoded_words(letter.subject, "Subject: ")),
            ("Date", format_datetime(label.at)),
            ("Message-ID", f"<{_safe(label.message_id)}@{self._domain}>"),
            ("List-Unsubscribe", one_click),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Content-Type", f'multipart/alternative; boundary="={mark}"'),
        ]
        body = b"".join(
            (
                b"--=", mark.encode(), b"\r\n", _part("plain", letter.text, eight_bit=eight_bit),
                b"--=", mark.encode(), b"\r\n", _part("html", letter.html, eight_bit=eight_bit),
                b"--=", mark.encode(), b"--\r\n",
            )
        )  # fmt: skip
        signatures = b""
        if self._keys:
            signed = [*self._fixed_signed, *(_canonical(name, value) for name, value in own)]
            body_hash = hashlib.sha256(relaxed_body(body)).digest()
            seconds = int(label.at.timestamp())
            signatures = b"".join(key.sign(signed, body_hash, seconds) for key in self._keys)
        raw = signatures + self._fixed_raw + b"".join(_header(name, value) for name, value in own) + b"\r\n" + body
        return raw.replace(b"\r\n.", b"\r\n..") if b"\r\n." in raw else raw


def _part(subtype: str, text: str, *, eight_bit: bool) -> bytes:
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    ascii_only = data.isascii()
    lines = data.split(b"\n")
    if (eight_bit or ascii_only) and max(map(len, lines)) <= LINE_LIMIT:
        coding, body = (b"7bit" if ascii_only else b"8bit"), b"\r\n".join(lines)
    else:
        coding, body = b"base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    head = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    return head % (subtype.encode(), coding) + body


def _safe(value: str) -> str:
    if _UNSAFE.search(value) or any(mark in value for mark in "<> \t") or not value.isascii():
        raise HeaderUnsafe("a header value holds characters that it may not")
    return value


def ascii_address(address: str) -> str:
    """Write an address for a header, its domain in ASCII.

    Raises:
        HeaderUnsafe: it holds white space, brackets, commas, quotes or control characters.
    """
    local, _, domain = address.rpartition("@")
    if not local or not domain or _UNSAFE.search(address) or re.search(r"[\s<>,;:\"()\[\]\\@]", local + domain):
        raise HeaderUnsafe("the address could break out of its header")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise HeaderUnsafe("the address's domain has no ASCII form") from error


def mailbox(name: str, address: str) -> str:
    """Write a display name and address; the name is quoted or encoded as it needs."""
    name = " ".join(_UNSAFE.sub(" ", name).split())
    if not name:
        return ascii_address(address)
    if name.isascii() and "=?" not in name:
        shown = name if _ATOM.fullmatch(name) and "." not in name else '"{}"'.format(re.sub(r'(["\\])', r"\\\1", name))
    else:
        shown = encoded_words(name, "From: ")
    return f"{shown} <{ascii_address(address)}>"


def encoded_words(text: str, _prefix: str = "") -> str:
    """Write text for a header: as it is when ASCII, else as folded RFC 2047 words (UTF-8, base64)."""
    text = " ".join(_UNSAFE.sub(" ", text).split())
    if text.isascii() and "=?" not in text:
        return _fold(text)
    words: list[str] = []
    chunk = b""
    for character in text:
        coded = character.encode("utf-8", "replace")
        if len(chunk) + len(coded) > _WORD_BYTES:
            words.append(base64.b64encode(chunk).decode())
            chunk = b""
        chunk += coded
    words.append(base64.b64encode(chunk).decode())
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _fold(text: str) -> str:
    if len(text) <= 66:
        return text
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + len(word) > 65:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    # One word longer than a line may be cannot be folded, only encoded.
    if max(map(len, lines)) > 900:
        return "\r\n ".join(
            f"=?utf-8?b?{base64.b64encode(text[at : at + _WORD_BYTES].encode()).decode()}?="
            for at in range(0, len(text), _WORD_BYTES)
        )
    return "\r\n ".join(lines)


def _header(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode()


def _canonical(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode(), relaxed_value(value.encode())
