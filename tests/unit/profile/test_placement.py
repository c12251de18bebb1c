"""The fast path against grouping: where placement says that nothing is left to settle, both agree."""

import random
from collections.abc import Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.homes import Merge, Split, Unmerge, moves, root_of
from services.profile.domain.identity import Candidate, IdentityKey, group
from services.profile.domain.people import Home, People, Person
from services.profile.domain.placement import Holding, place
from services.profile.domain.record_stream import Record
from tests.unit.profile.people_samples import NOW
from tests.unit.profile.test_identity import IVANOV, RECORDS


class Base:
    """Records placed one after another; only what placement leaves open is grouped."""

    def __init__(self) -> None:
        self.candidates: dict[str, Candidate] = {}
        self.homes: dict[str, str] = {}
        self.absorbed: dict[str, str] = {}
        self.shared: set[IdentityKey] = set()
        self.ids = count()
        self.settled = 0

    def fresh(self) -> str:
        return f"h{next(self.ids):04}"

    def people(self) -> People:
        people = People()
        for home in set(self.homes.values()) | self.absorbed.keys():
            made = Home(home, 1, into=self.absorbed.get(home))
            people.add(Person(made, (made,), ()))
        for record, home in self.homes.items():
            made = people.homes[home]
            stated = Record(record, "s", record, "main", "hcp", home, 1, 1, NOW, NOW)
            people.add(Person(made, (made,), (stated,)))
        return people

    def arrive(self, candidate: Candidate) -> None:
        holdings = {
            key: Holding(
                key,
                {record: self.homes[record] for record, each in self.candidates.items() if key in each.keys},
                "shared" if key in self.shared else "sole",
            )
            for key in candidate.keys
        }
        placement = place(candidate, holdings, self.candidates.__getitem__, self.people(), False)
        self.candidates[candidate.record] = candidate
        self.homes[candidate.record] = placement.home or self.fresh()
        if placement.settle:
            self.settle()

    def settle(self) -> None:
        self.settled += 1
        grouping = group(self.candidates.values())
        self.shared = set(grouping.shared)
        for move in moves(grouping, self.homes, self.absorbed, self.fresh):
            match move:
                case Split(record, home, _):
                    self.homes[record] = home
                case Unmerge(profile, _):
                    del self.absorbed[profile]
                case Merge(profile, survivor):
                    self.absorbed[profile] = survivor

    def partition(self) -> set[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for record, home in self.homes.items():
            found.setdefault(root_of(home, self.absorbed), set()).add(record)
        return {frozenset(each) for each in found.values()}


def shuffled(records: Sequence[Candidate], seed: int) -> list[Candidate]:
    order = list(records)
    random.Random(seed).shuffle(order)
    return order


@given(records=RECORDS, seed=st.integers(0, 2**32))
def test_placing_one_by_one_makes_the_groups_of_the_whole_set(records: list[Candidate], seed: int) -> None:
    base = Base()
    for candidate in shuffled(records, seed):
        base.arrive(candidate)

    assert base.partition() == set(group(records).groups)


def test_a_plain_newcomer_and_a_plain_match_need_no_grouping() -> None:
    mail = IdentityKey("email", "m")
    base = Base()
    for record in ("r1", "r2"):
        base.arrive(Candidate(record, IVANOV, frozenset({mail})))

    assert base.settled == 0
    assert base.partition() == {frozenset({"r1", "r2"})}
