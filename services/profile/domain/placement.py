"""Placement: which home a new record takes, and when the people around it must be grouped anew.

Promise: where `place` says that nothing is left to settle, the home it gives is what grouping all records would give;
in every other case the record is put somewhere safe and grouping decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from services.profile.domain.identity import SHARED_FROM_SURNAMES, Candidate, IdentityKey, agrees
from services.profile.domain.names import surnames
from services.profile.domain.people import People
from services.profile.domain.record import RecordDraft
from services.profile.domain.record_stream import Record
from services.profile.domain.sources import Sources

KeyState = Literal["sole", "shared", "blocked"]
Digest = Callable[[str, str], str]
"""Keyed hash of a kind and a normalised value; the key never leaves the adapter."""


@dataclass(frozen=True, slots=True)
class Holding:
    """An identity key with the records that state it and the home of each; `revision` is what a writer saw."""

    key: IdentityKey
    holders: Mapping[str, str] = field(default_factory=dict)
    state: KeyState = "sole"
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """The identity keys of a record: all that it states, and those on which it may be joined with others."""

    own: IdentityKey
    stated: frozenset[IdentityKey]
    joining: frozenset[IdentityKey]


@dataclass(frozen=True, slots=True)
class Placement:
    """The home of a new record, None for a new one; `settle` when grouping has to look at it."""

    home: str | None
    settle: bool


def own_key(source: str, base: str, key: str, digest: Digest) -> IdentityKey:
    """Return the key by which a record itself is found again."""
    return IdentityKey("record", digest("record", f"{base}\x1f{source}\x1f{key}"))


def keys_of(record: Record | RecordDraft, sources: Sources, digest: Digest) -> Keys:
    """Return the identity keys that a record, or a draft of one, states.

    Strong ids and phones join, e-mails where they are confirmed.
    """
    source = sources.get(record.source)
    scope = source.external_id_kind if source and source.external_id_kind else record.source
    joining = {IdentityKey(f"external:{scope}", digest(f"external:{scope}", value)) for value in record.external_ids}
    stated = set(joining)
    for contact in record.contacts:
        key = IdentityKey(contact.point.kind, digest(contact.point.kind, contact.point.value))
        stated.add(key)
        if contact.point.kind == "phone" or sources.proves(record.source, contact):
            joining.add(key)
    return Keys(own_key(record.source, record.base, record.key, digest), frozenset(stated), frozenset(joining))


def place(
    candidate: Candidate,
    holdings: Mapping[IdentityKey, Holding],
    others: Callable[[str], Candidate],
    people: People,
    decided: bool,
) -> Placement:
    """Choose the home of a new record.

    `others` gives what identity knows of a record that holds one of the candidate's keys; `decided` tells that a human
    has joined or kept apart somebody concerned, which only grouping can weigh.
    """
    homes: list[str] = []
    clear = not decided
    for key in sorted(candidate.keys, key=lambda each: each.rank):
        holding = holdings.get(key)
        if holding is None or not holding.holders or holding.state != "sole":
            continue
        met = [other for other in map(others, holding.holders) if key in other.keys]
        agreeing = [other for other in met if agrees(key, candidate.name, other.name)]
        names = [candidate.name, *(other.name for other in met)]
        clear = clear and len(agreeing) == len(met) and _agree_among_themselves(key, met)
        clear = clear and (key.family not in {"phone", "email"} or surnames(names) < SHARED_FROM_SURNAMES)
        homes.extend(holding.holders[other.record] for other in agreeing)
    roots = sorted({people.root(home) for home in homes})
    if not roots:
        return Placement(None, settle=not clear)
    clear = clear and not any(_two_strong_ids(candidate, root, others, people) for root in roots)
    if not clear:
        return Placement(None, settle=True)
    return Placement(next(home for home in homes if people.root(home) == roots[0]), settle=len(roots) > 1)


def _agree_among_themselves(key: IdentityKey, met: Sequence[Candidate]) -> bool:
    return all(agrees(key, one.name, other.name) for one, other in combinations(met, 2))


def touched(before: Keys, after: Keys, renamed: bool, holdings: Mapping[IdentityKey, Holding], alone: bool) -> bool:
    """Tell whether a change of a known record may change who is one person with whom."""
    if before.joining == after.joining and not renamed:
        return False
    if not alone:
        return True
    return any(len(holdings[key].holders) > 1 for key in before.joining | after.joining if key in holdings)


def _two_strong_ids(candidate: Candidate, root: str, others: Callable[[str], Candidate], people: People) -> bool:
    mine = {key for key in candidate.keys if key.family == "external"}
    if not mine:
        return False
    theirs: Iterable[IdentityKey] = (
        key for record in people.person(root).records for key in others(record.id).keys if key.family == "external"
    )
    kinds = {key.kind for key in mine}
    return any(key.kind in kinds and key not in mine for key in theirs)
