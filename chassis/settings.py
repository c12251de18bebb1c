"""Settings: one frozen dataclass per process, filled from the environment once.

Promise: all mistakes are told at once, by the variable's name, without a stack and without the value; a secret may come
as `NAME_FILE`, the path of a file with the value. Nothing else in the project reads the environment.
"""

import base64
import dataclasses
import os
import sys
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from chassis import checks

S = TypeVar("S")
EX_CONFIG = 78


class SettingsWrong(Exception):  # noqa: N818 - told to the operator as it is
    """The environment does not describe a process; `problems` has one line per variable."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclasses.dataclass(frozen=True, slots=True)
class Variable:
    """A variable as a settings class declares it, for the configuration reference and for checks of manifests."""

    name: str
    kind: str
    required: bool
    default: Any
    secret: bool
    about: str


def variable(
    name: str,
    *,
    default: Any = dataclasses.MISSING,
    secret: bool = False,
    about: str = "",
    check: checks.Check | None = None,
) -> Any:
    """Declare a field that is read from CONSILIUM_<name>.

    Args:
        name: the variable without its prefix, such as "MONGODB".
        default: taken when the variable is absent; without one the variable is required.
        secret: never printed by the configuration reference.
        about: a sentence for the configuration reference.
        check: refuses a parsed value by a ValueError that says what it must be (`chassis.checks`, `chassis.plugs`).
    """
    metadata = {"name": f"CONSILIUM_{name}", "secret": secret, "about": about, "check": check}
    return dataclasses.field(default=default, metadata=metadata)


def variables(kind: type[Any]) -> list[Variable]:
    """Name every variable that a settings class reads, in its order."""
    hints = typing.get_type_hints(kind)
    return [
        Variable(
            name=field.metadata["name"],
            kind=_kind(hints[field.name]),
            required=field.default is dataclasses.MISSING,
            default=None if field.default is dataclasses.MISSING else field.default,
            secret=field.metadata["secret"],
            about=field.metadata["about"],
        )
        for field in dataclasses.fields(kind)
        if "name" in field.metadata
    ]


def address_of(service: str, port: int, about: str = "") -> Any:
    """Declare the gRPC address of a service, on this machine unless told otherwise; `about` says what it is for."""
    told = f"gRPC address of {service}" + (f", {about}" if about else "")
    return variable(f"{service.upper()}_ADDRESS", default=f"127.0.0.1:{port}", about=told, check=checks.place)


def read_or_leave(kind: type[S]) -> S:
    """Fill a settings class, or tell the operator every mistake and end the process as sysexits' EX_CONFIG asks."""
    try:
        return read(kind)
    except SettingsWrong as error:
        for line in error.problems:
            sys.stderr.write(f"{line}\n")
        raise SystemExit(EX_CONFIG) from None


def read(kind: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Fill a settings class from the environment.

    Raises:
        SettingsWrong: with every missing or malformed variable.
    """
    environ = os.environ if environment is None else environment
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # every settings class is a dataclass
        name = field.metadata.get("name")
        if name is None:
            continue
        try:
            text = _text(name, environ)
        except OSError as error:
            problems.append(f"{name}_FILE: cannot be read ({error.strerror})")
            continue
        except UnicodeDecodeError:
            problems.append(f"{name}_FILE: is not UTF-8 text")
            continue
        if text is None:
            if field.default is dataclasses.MISSING:
                problems.append(f"{name}: is required ({field.metadata['about'] or 'see docs'})")
            continue
        try:
            values[field.name] = _parse(hints[field.name], text)
            if field.metadata["check"] is not None:
                field.metadata["check"](values[field.name])
        except SettingsWrong as error:
            problems += error.problems  # of a plug that this variable names
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise SettingsWrong(problems)
    return kind(**values)


def _kind(hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return "list"
    return {bool: "true or false", int: "whole number", float: "number", bytes: "base64", Path: "path"}.get(
        hint, "text"
    )


def _text(name: str, environ: Mapping[str, str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    value = environ.get(name)
    return value if value else None


def _parse(kind: Any, text: str) -> Any:
    if isinstance(kind, types.UnionType):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    if typing.get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind is bool:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise ValueError("must be true or false")
        return text.lower() in {"true", "1"}
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise ValueError("must be a whole number") from None
    if kind is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError("must be a number") from None
    if kind is bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise ValueError("must be base64") from None
    if kind is Path:
        return Path(text)
    return text


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What every process of the installation is told. Services subclass it with their own."""

    namespace: str = variable("NAMESPACE", default="consilium", about="prefix of databases, streams and indices")
    cell: str = variable("CELL", default="local", about="the jurisdiction that this process serves")
    mongodb: str = variable(
        "MONGODB",
        default="mongodb://127.0.0.1:27100/?replicaSet=rs0",
        secret=True,
        about="MongoDB address",
        check=checks.url("mongodb", "mongodb+srv"),
    )
    nats: str = variable(
        "NATS",
        default="nats://127.0.0.1:4300",
        secret=True,
        about="NATS address, or several behind commas",
        check=checks.url("nats", "tls", "ws", "wss"),
    )
    stream_share: float = variable(
        "STREAM_SHARE", default=1.0, about="part of the streams' full byte limits", check=checks.positive
    )
    stream_replicas: int = variable(
        "STREAM_REPLICAS", default=1, about="copies of each stream; 3 in a cluster", check=checks.positive
    )
    host: str = variable("HOST", default="127.0.0.1", about="address that servers of this process bind to")
    grpc_port: int = variable("GRPC_PORT", default=0, about="port of the gRPC server; 0 is any", check=checks.port)
    metrics_port: int = variable(
        "METRICS_PORT", default=0, about="port of /metrics, /healthz, /readyz; 0 is none", check=checks.port
    )
    access_address: str = address_of("access", 7101)
    installation_key: bytes = variable(
        "INSTALLATION_KEY", secret=True, about="32 bytes, base64; wraps all data keys", check=checks.key
    )
    service_secret: str = variable("SERVICE_SECRET", secret=True, about="proves services to access")
    principal_key: bytes = variable(
        "PRINCIPAL_KEY", about="access's public Ed25519 key, 32 bytes, base64", check=checks.key
    )
    tls_directory: Path | None = variable(
        "TLS_DIRECTORY",
        default=None,
        about="folder with ca.pem, tls.pem, tls.key; without one calls between services are in the clear",
        check=checks.holding("ca.pem", "tls.pem", "tls.key"),
    )
    release: str = variable(
        "RELEASE", default="", about="name of this release: the process waits until `migrate` of it ended well"
    )
    sentry_dsn: str = variable(
        "SENTRY_DSN", default="", secret=True, about="incident tracker by Sentry's protocol; absent is none"
    )
    log_level: str = variable(
        "LOG_LEVEL",
        default="info",
        about="debug, info, warning or error",
        check=checks.one_of("debug", "info", "warning", "error"),
    )
