"""Homes: bringing the people that exist into agreement with the groups that the records make.

Promise: after the moves, two records have one root exactly when they are in one group. As few records move as can: a
home stays with its eldest record, a person with the eldest profile, or with the one that a steward prefers.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.profile.domain.identity import Grouping


@dataclass(frozen=True, slots=True)
class Split:
    """A record leaves its home for another; `fresh` homes do not exist yet."""

    record: str
    home: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Unmerge:
    """An absorbed profile lives again."""

    profile: str
    survivor: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A live profile is absorbed by another live one."""

    profile: str
    survivor: str


Move = Split | Unmerge | Merge


def root_of(home: str, absorbed: Mapping[str, str]) -> str:
    """Follow the absorbed map to the profile that lives."""
    while home in absorbed:
        home = absorbed[home]
    return home


def moves(
    grouping: Grouping,
    homes: Mapping[str, str],
    absorbed: Mapping[str, str],
    fresh_home: Callable[[], str],
    prefer: frozenset[str] = frozenset(),
) -> list[Move]:
    """Decide the splits, then the unmerges, then the merges; carry them out in this order.

    `homes` maps every record to its home, `absorbed` every absorbed home to the one that took it. `prefer` names
    profiles that survive a merge whatever their age.
    """
    plan: list[Move] = []
    wanted: dict[str, frozenset[str]] = {}
    leaving: list[frozenset[str]] = []
    by_home: dict[str, dict[frozenset[str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for members in sorted(grouping.groups, key=min):
        for record in members:
            by_home[homes[record]][members].add(record)
    for home, parts in sorted(by_home.items()):
        eldest = min(record for records in parts.values() for record in records)
        wanted[home] = next(members for members in parts if eldest in members)
    houses: dict[frozenset[str], list[str]] = defaultdict(list)
    for home, members in sorted(wanted.items()):
        houses[members].append(home)
    for home, parts in sorted(by_home.items()):
        for members in sorted(parts, key=min):
            if members == wanted[home]:
                continue
            fresh = not houses[members]
            if fresh:
                houses[members].append(fresh_home())
                leaving.append(members)
            target = houses[members][0]
            created = members in leaving
            plan.extend(Split(record, target, created) for record in sorted(parts[members]))
    now = dict(absorbed)
    group_of = {home: members for members, each in houses.items() for home in each}
    for home in sorted(group_of):
        survivor = now.get(home)
        if survivor is not None and group_of.get(survivor) != group_of[home]:
            plan.append(Unmerge(home, survivor))
            del now[home]
    for members in sorted(houses, key=min):
        roots = sorted({root_of(home, now) for home in houses[members]}, key=lambda each: (each not in prefer, each))
        plan.extend(Merge(root, roots[0]) for root in roots[1:])
        now.update(dict.fromkeys(roots[1:], roots[0]))
    return plan
