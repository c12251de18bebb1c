"""Identity: which records are one person.

Promise: groups are a function of the set of records and of human decisions, never of the order of arrival. Keys are
tried strongest kind first; a key that would bring together two different strong ids, or what a human keeps apart, is
left out and becomes a case for the steward. Human joins stand above everything.
Not here: where groups live (homes), how keys are stored (adapters).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from services.profile.domain.names import Name, compatible, contradict, surnames

SHARED_FROM_SURNAMES = 3
"""So many surnames on one contact point make it a reception's or a family's, not a person's."""

_STRENGTH = {"external": 0, "email": 1, "messenger": 2, "device": 3, "phone": 4}

CaseReason = Literal["two-strong-ids", "kept-apart", "ambiguous-name"]


@dataclass(frozen=True, slots=True, order=True)
class IdentityKey:
    """A linking fact: its kind and the keyed hash of its normalised value.

    The kind of a strong id carries its own name: `external:licence`.
    """

    kind: str
    digest: str

    @property
    def family(self) -> str:
        """Return the kind without a strong id's own name."""
        return self.kind.partition(":")[0]

    @property
    def rank(self) -> tuple[int, str, str]:
        """Return the order of trust: strongest kind first, ties by hash."""
        return (_STRENGTH[self.family], self.digest, self.kind)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What identity needs to know of a record: its name and the keys on which it may be joined."""

    record: str
    name: Name
    keys: frozenset[IdentityKey]


@dataclass(frozen=True, slots=True)
class Apart:
    """A steward's do-not-merge: nobody of the left is anybody of the right."""

    left: frozenset[str]
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A join that was not made: the key that suggested it, the records it would have joined, and why not."""

    reason: CaseReason
    key: IdentityKey
    records: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of records, one per person; cases for the steward; keys found to be shared by several people."""

    groups: frozenset[frozenset[str]]
    cases: frozenset[Case]
    shared: frozenset[IdentityKey]


@dataclass(slots=True)
class _Clusters:
    """Disjoint sets of records with the strong ids and kept-apart marks that each holds."""

    parent: dict[str, str]
    strong: dict[str, dict[str, set[str]]]
    sides: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))

    def root(self, record: str) -> str:
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def refusal(self, roots: Sequence[str]) -> CaseReason | None:
        """Say why these clusters may not become one, None if they may."""
        sides: set[tuple[int, int]] = set().union(*(self.sides[root] for root in roots))
        if any((index, 1 - side) in sides for index, side in sides):
            return "kept-apart"
        for kind in {kind for root in roots for kind in self.strong[root]}:
            if len(set().union(*(self.strong[root].get(kind, set()) for root in roots))) > 1:
                return "two-strong-ids"
        return None

    def unite(self, roots: Sequence[str]) -> None:
        head = min(roots)
        for root in roots:
            if root == head:
                continue
            self.parent[root] = head
            self.sides[head] |= self.sides[root]
            for kind, values in self.strong[root].items():
                self.strong[head].setdefault(kind, set()).update(values)


def group(
    candidates: Iterable[Candidate],
    joined: Iterable[frozenset[str]] = (),
    apart: Iterable[Apart] = (),
    blocked: frozenset[IdentityKey] = frozenset(),
) -> Grouping:
    """Group records into people.

    `joined` are records that a human declared one person, `apart` those that a human keeps apart, `blocked` keys that
    never join anybody (blacklisted, or already known as shared beyond what was loaded).
    """
    people = {each.record: each for each in candidates}
    holders: dict[IdentityKey, list[Candidate]] = defaultdict(list)
    for record in sorted(people):
        for key in people[record].keys - blocked:
            holders[key].append(people[record])
    clusters = _clusters(people, apart)
    for records in joined:
        known = sorted({clusters.root(record) for record in records if record in people})
        if len(known) > 1:
            clusters.unite(known)
    cases: set[Case] = set()
    shared: set[IdentityKey] = set()
    for key in sorted(holders, key=lambda each: each.rank):
        held = holders[key]
        if key.family in {"phone", "email"} and surnames([each.name for each in held]) >= SHARED_FROM_SURNAMES:
            shared.add(key)
            continue
        cliques, unclear = _cliques(key, held)
        if unclear:
            cases.add(Case("ambiguous-name", key, unclear))
        for clique in cliques:
            roots = sorted({clusters.root(record) for record in clique})
            if len(roots) < 2:
                continue
            refusal = clusters.refusal(roots)
            if refusal is None:
                clusters.unite(roots)
            else:
                cases.add(Case(refusal, key, clique))
    members: dict[str, set[str]] = defaultdict(set)
    for record in people:
        members[clusters.root(record)].add(record)
    return Grouping(frozenset(frozenset(each) for each in members.values()), frozenset(cases), frozenset(shared))


def agrees(key: IdentityKey, one: Name, other: Name) -> bool:
    """Tell whether two holders of one key may be one person as far as their names go."""
    if key.family == "phone":
        return compatible(one, other)
    if key.family == "email":
        return not contradict(one, other)
    return True


def _clusters(people: dict[str, Candidate], apart: Iterable[Apart]) -> _Clusters:
    """Start with every record alone. Strong ids that one record states together are one and the same id."""
    alias: dict[IdentityKey, IdentityKey] = {}

    def head(key: IdentityKey) -> IdentityKey:
        while alias.setdefault(key, key) != key:
            key = alias[key]
        return key

    stated = {record: sorted(key for key in each.keys if key.family == "external") for record, each in people.items()}
    for keys in stated.values():
        for one, other in combinations(keys, 2):
            if one.kind == other.kind and head(one) != head(other):
                first, second = sorted((head(one), head(other)))
                alias[second] = first
    strong: dict[str, dict[str, set[str]]] = {}
    for record, keys in stated.items():
        strong[record] = {}
        for key in keys:
            strong[record].setdefault(key.kind, set()).add(head(key).digest)
    clusters = _Clusters({record: record for record in people}, strong)
    for index, decision in enumerate(apart):
        for side, records in enumerate((decision.left, decision.right)):
            for record in records & people.keys():
                clusters.sides[record].add((index, side))
    return clusters


def _cliques(key: IdentityKey, held: Sequence[Candidate]) -> tuple[list[frozenset[str]], frozenset[str]]:
    """Divide the holders of a key into sets of mutually agreeing names, and those who agree with two who do not.

    Without the middles of such paths the graph of agreement is a union of cliques, whatever the order.
    """
    near: dict[str, set[str]] = {each.record: set() for each in held}
    for one, other in combinations(held, 2):
        if agrees(key, one.name, other.name):
            near[one.record].add(other.record)
            near[other.record].add(one.record)
    unclear = {
        record
        for record, friends in near.items()
        if any(other not in near[one] for one, other in combinations(sorted(friends), 2))
    }
    cliques = {frozenset({record, *friends} - unclear) for record, friends in near.items() if record not in unclear}
    return sorted((clique for clique in cliques if len(clique) > 1), key=sorted), frozenset(unclear)
