"""Checks of settings: each takes a parsed value and raises ValueError with what it must be.

`variable(check=…)` names one. The sentence follows the variable's name and does not repeat a value that may be a
secret.
"""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Check = Callable[..., None]


def key(value: bytes) -> None:
    """Want a key of 256 bits."""
    if len(value) != 32:
        raise ValueError(f"must be 32 bytes in base64, these are {len(value)}")


def port(value: int) -> None:
    """Want a TCP port; 0 is any or none."""
    if not 0 <= value <= 65535:
        raise ValueError("must be a port from 0 to 65535")


def positive(value: float) -> None:
    """Want more than nought."""
    if not value > 0:
        raise ValueError("must be more than 0")


def not_negative(value: float) -> None:
    """Want nought or more."""
    if not value >= 0:
        raise ValueError("must be 0 or more")


def place(value: str) -> None:
    """Want host:port."""
    host, _, number = value.rpartition(":")
    if not host or not number.isdigit() or not 0 < int(number) <= 65535:
        raise ValueError("must be host:port")


def one_of(*names: str) -> Check:
    """Want one of a few words."""

    def check(value: str) -> None:
        if value not in names:
            raise ValueError(f"must be {', '.join(names[:-1])} or {names[-1]}")

    return check


def url(*schemes: str, form: str = "") -> Check:
    """Want an address of one of some schemes, or several behind commas."""

    def check(value: str) -> None:
        for each in value.split(","):
            parts = urlsplit(each if "://" in each else f"{schemes[0]}://{each}" if "," in value else each)
            if parts.scheme not in schemes or not parts.netloc:
                raise ValueError(f"must be {form or ' or '.join(f'{scheme}://…' for scheme in schemes)}")

    return check


def mail_server(value: str) -> None:
    """Want smtp[s]://[user:password@]host:port[?tls=…]."""
    url("smtp", "smtps", form="smtp[s]://[user:password@]host:port")(value)
    wanted = parse_qs(urlsplit(value).query).get("tls", ["offered"])[0]
    if wanted not in {"never", "offered", "required"}:
        raise ValueError("tls must be never, offered or required")


def zone(value: str) -> None:
    """Want an IANA time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no zone {value!r}") from None


def pairs(value: tuple[str, ...]) -> None:
    """Want name=value entries."""
    for entry in value:
        name, _, what = entry.partition("=")
        if not name.strip() or not what.strip():
            raise ValueError("must be name=value entries behind commas")


def rates(value: tuple[str, ...]) -> None:
    """Want name=number entries."""
    pairs(value)
    for entry in value:
        try:
            positive(float(entry.partition("=")[2]))
        except ValueError:
            raise ValueError("must be name=number entries behind commas, numbers above 0") from None


def holding(*names: str) -> Check:
    """Want a folder that holds some files."""

    def check(value: Path) -> None:
        missing = [name for name in names if not (value / name).is_file()]
        if missing:
            raise ValueError(f"must be a folder with {', '.join(names)}; {', '.join(missing)} cannot be read")

    return check


def roles(value: Path) -> None:
    """Want a file of roles: JSON, {"role": ["action", …]}."""
    try:
        told = json.loads(value.read_text(encoding="utf-8"))
        good = isinstance(told, dict) and all(
            isinstance(actions, list) and all(isinstance(action, str) for action in actions)
            for actions in told.values()
        )
    except (OSError, ValueError):
        good = False
    if not good:
        raise ValueError('must be a readable file with JSON of the form {"role": ["action"]}')
