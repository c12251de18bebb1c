"""Plugs: parts that packages of others bring, found by the standard's entry points and chosen by name.

A package beside this one says in its `pyproject.toml`

    [project.entry-points."consilium.channel.provider"]
    courier = "acme_courier:COURIER"

and `COURIER` is a `Plug`. Promise: only the plug that a variable names is loaded; a name of ours is never another's;
what cannot be had, and what the plug itself must be told, is said at the start beside all other mistakes. A plug is
code of the operator's own choice and may do what the process may: nothing here fences it in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from chassis.checks import Check
from chassis.settings import read

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plug(Generic[S, T]):
    """What an entry point names.

    Args:
        settings: the variables that it reads, as a frozen dataclass of `chassis.settings.variable` fields.
        build: makes the part out of them, in the running loop of the process that asked for it.
    """

    settings: type[S]
    build: Callable[[S], T]


def chosen(group: str, *own: str) -> Check:
    """Want a name of ours, or of one plug of a group whose own settings are whole.

    Its ValueError names what there is; a plug's own mistakes come as `chassis.settings.SettingsWrong`.
    """

    def check(value: str) -> None:
        if value not in own:
            read(_loaded(group, value, own).settings)

    return check


def plugged(group: str, name: str) -> Any:
    """Build the part that a plug makes; `chosen` has seen it before."""
    plug = _loaded(group, name)
    return plug.build(read(plug.settings))


def _loaded(group: str, name: str, own: tuple[str, ...] = ()) -> Plug[Any, Any]:
    found = entry_points(group=group)
    # A package that is on the path by two ways is one package.
    named = {(_package(each), each.value): each for each in found if each.name == name}
    if not named:
        there = ", ".join((*own, *sorted({each.name for each in found} - set(own)))) or "none"
        raise ValueError(f"there is no {name!r} in {group}; there are: {there}")
    if len(named) > 1:
        raise ValueError(f"{name!r} in {group} is of several packages: {', '.join(sorted(p for p, _ in named))}")
    [entry] = named.values()
    try:
        plug = entry.load()
    except Exception as error:
        # Code of others: whatever it raises says what is wrong with it.
        raise ValueError(f"{name!r} of {_package(entry)} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(plug, Plug):
        raise ValueError(f"{name!r} of {_package(entry)} is no chassis.plugs.Plug ({entry.value})")
    return plug


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unnamed package"


__all__ = ["Plug", "chosen", "plugged"]
