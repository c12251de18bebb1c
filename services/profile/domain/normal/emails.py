"""E-mail addresses as they lie in spreadsheets.

Promise: what is surely an address is recognised here; what is odd is repaired only where the repair is certain
(spaces, case, a trailing dot, a comma for a dot in the domain); everything else is the address library's to say.
A repair that is a guess (gmial.com) is a suggestion, never applied.
"""

import re

_PLAIN_ADDRESS = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_WRAPPED = re.compile(r"^(?:mailto:|e-?mail:?\s*|<)+|[>.,;:\s]+$", re.IGNORECASE)
_ANGLE = re.compile(r"<([^<>]+@[^<>]+)>")
_SEPARATOR = re.compile(r"[;,|\s]+|/(?=\S+@)")
_MISTYPED = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com", "gmail.ru": "gmail.com",
    "gmail.con": "gmail.com", "gamil.com": "gmail.com", "yandex.ry": "yandex.ru", "yadex.ru": "yandex.ru",
    "yandx.ru": "yandex.ru", "ynadex.ru": "yandex.ru", "mail.ry": "mail.ru", "maill.ru": "mail.ru",
    "mial.ru": "mail.ru", "meil.ru": "mail.ru", "rambler.ry": "rambler.ru", "bk.ry": "bk.ru",
    "example.con": "example.com",
}  # fmt: skip
_DEAD_LOCAL = frozenset(
    {"no", "net", "none", "noemail", "no-email", "nomail", "no-reply", "noreply", "test", "нет", "email"}
)
_DEAD_ADDRESS = re.compile(r"^(?:(.)\1{2,}|123|1|qwe(?:rty)?|asd|xxx)@|@(?:mail|email|test|none|нет)$")
MOST_ADDRESSES = 5


def is_plain_address(text: str) -> bool:
    """Whether it is an address that needs no library: lower-case ASCII of the everyday form."""
    return len(text) <= 254 and text.find("@") <= 64 and _PLAIN_ADDRESS.fullmatch(text) is not None


def addresses(text: str) -> list[str]:
    """Take what may be addresses out of a cell, at most five, lower-case, repaired where that is certain."""
    named = _ANGLE.findall(text)
    pieces = named or _SEPARATOR.split(_joined(text))
    found = [_unwrapped(piece) for piece in pieces]
    return [piece for piece in dict.fromkeys(found) if piece][:MOST_ADDRESSES]


def likely_meant(address: str) -> str | None:
    """Give the address that the writer surely meant by a mistyped domain, or None."""
    local, _, domain = address.rpartition("@")
    meant = _MISTYPED.get(domain)
    return f"{local}@{meant}" if meant and local else None


def is_dead_form(address: str) -> bool:
    """Whether it is one of the usual ways to fill in an address that nobody has."""
    local = address.partition("@")[0]
    return local in _DEAD_LOCAL or _DEAD_ADDRESS.search(address) is not None


def _joined(text: str) -> str:
    # "ivanov @ mail.ru" and "ivanov@mail,ru": certain only while there is one @ in the cell.
    if text.count("@") != 1:
        return text
    tight = re.sub(r"\s*@\s*", "@", text.strip())
    return re.sub(r"(?<=@)([\w.-]+),\s?(ru|com|net|org|kz|uz|рф)\b", r"\1.\2", tight, flags=re.IGNORECASE)


def _unwrapped(piece: str) -> str:
    before = piece.strip().lower()
    while (after := _WRAPPED.sub("", before).strip("'\"«»()")) != before:
        before = after
    return before
