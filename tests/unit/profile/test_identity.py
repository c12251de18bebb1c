"""Who is one person: linking facts, guards, human decisions, and that the order of arrival means nothing."""

import random
from collections.abc import Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.homes import Merge, Split, Unmerge, moves, root_of
from services.profile.domain.identity import Apart, Candidate, Grouping, IdentityKey, group
from services.profile.domain.names import Name

MAIL = IdentityKey("email", "mail-1")
PHONE = IdentityKey("phone", "phone-1")
LICENCE_A = IdentityKey("external:licence", "a")
LICENCE_B = IdentityKey("external:licence", "b")
IVANOV = Name("Иванов", "Пётр", "Ильич")


def candidate(record: str, *keys: IdentityKey, name: Name = IVANOV) -> Candidate:
    return Candidate(record, name, frozenset(keys))


def groups_of(*candidates: Candidate) -> set[frozenset[str]]:
    return set(group(candidates).groups)


def test_a_confirmed_email_and_a_phone_bring_three_sources_together() -> None:
    assert groups_of(
        candidate("r1", MAIL), candidate("r2", MAIL, PHONE), candidate("r3", PHONE, name=Name("Ivanov", "P."))
    ) == {frozenset({"r1", "r2", "r3"})}


def test_a_phone_joins_only_compatible_names() -> None:
    assert groups_of(candidate("r1", PHONE), candidate("r2", PHONE, name=Name("Сидорова", "Анна"))) == {
        frozenset({"r1"}),
        frozenset({"r2"}),
    }


def test_three_surnames_make_a_phone_shared_and_take_back_its_joins() -> None:
    first = [candidate("r1", PHONE), candidate("r2", PHONE)]
    assert groups_of(*first) == {frozenset({"r1", "r2"})}

    strangers = [
        candidate("r3", PHONE, name=Name("Сидорова", "Анна")),
        candidate("r4", PHONE, name=Name("Ким", "Олег")),
    ]
    found = group([*first, *strangers])

    assert found.shared == {PHONE}
    assert len(found.groups) == 4


def test_initials_between_a_father_and_a_brother_join_nobody_and_become_a_case() -> None:
    found = group(
        [
            candidate("r1", PHONE, name=Name("Иванов", "Игорь")),
            candidate("r2", PHONE, name=Name("Иванов", "Иван")),
            candidate("r3", PHONE, name=Name("Иванов", "И.")),
        ]
    )

    assert len(found.groups) == 3
    assert {(case.reason, case.records) for case in found.cases} == {("ambiguous-name", frozenset({"r3"}))}


def test_two_strong_ids_never_merge_by_themselves_and_the_weakest_key_gives_way() -> None:
    found = group([candidate("r1", LICENCE_A, MAIL), candidate("r2", MAIL, PHONE), candidate("r3", PHONE, LICENCE_B)])

    assert found.groups == {frozenset({"r1", "r2"}), frozenset({"r3"})}
    assert {(case.reason, case.key) for case in found.cases} == {("two-strong-ids", PHONE)}


def test_a_record_with_both_ids_says_that_they_are_one() -> None:
    assert groups_of(candidate("r1", LICENCE_A), candidate("r2", LICENCE_A, LICENCE_B), candidate("r3", LICENCE_B)) == {
        frozenset({"r1", "r2", "r3"})
    }


def test_human_decisions_stand_above_keys() -> None:
    two = [candidate("r1", LICENCE_A, MAIL), candidate("r2", LICENCE_B, MAIL)]
    assert len(group(two).groups) == 2
    assert len(group(two, joined=[frozenset({"r1", "r2"})]).groups) == 1

    same = [candidate("r1", MAIL), candidate("r2", MAIL)]
    kept = group(same, apart=[Apart(frozenset({"r1"}), frozenset({"r2"}))])
    assert len(kept.groups) == 2
    assert {case.reason for case in kept.cases} == {"kept-apart"}


def test_a_blocked_key_joins_nobody() -> None:
    assert len(group([candidate("r1", MAIL), candidate("r2", MAIL)], blocked=frozenset({MAIL})).groups) == 2


NAMES = st.sampled_from([
    IVANOV, Name("Ivanov", "Petr"), Name("Пётр", "Иванов"), Name("Иванов", "П."), Name("Иванов", "Павел"),
    Name("Ким", "Олег"), Name("Сидорова", "Анна"), Name("", "Анна"), Name(),
])  # fmt: skip
KEYS = st.sampled_from([
    *(IdentityKey("email", f"m{index}") for index in range(4)),
    *(IdentityKey("phone", f"p{index}") for index in range(4)),
    *(IdentityKey("external:licence", f"l{index}") for index in range(3)),
])  # fmt: skip
RECORDS = st.lists(st.tuples(NAMES, st.frozensets(KEYS, max_size=3)), min_size=1, max_size=9).map(
    lambda drawn: [Candidate(f"r{index}", name, keys) for index, (name, keys) in enumerate(drawn)]
)
PAIR = st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] != pair[1])


class People:
    """What homes look like after arrivals: the state that the moves are applied to."""

    def __init__(self) -> None:
        self.homes: dict[str, str] = {}
        self.absorbed: dict[str, str] = {}
        self.ids = count()

    def fresh(self) -> str:
        return f"h{next(self.ids):04}"

    def arrive(self, arrived: Sequence[Candidate], grouping: Grouping) -> None:
        for each in arrived:
            if each.record not in self.homes:
                self.homes[each.record] = self.fresh()
        for move in moves(grouping, self.homes, self.absorbed, self.fresh):
            match move:
                case Split(record, home, _):
                    self.homes[record] = home
                case Unmerge(profile, survivor):
                    assert self.absorbed.pop(profile) == survivor
                case Merge(profile, survivor):
                    assert profile not in self.absorbed
                    assert survivor not in self.absorbed
                    self.absorbed[profile] = survivor

    def partition(self) -> set[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for record, home in self.homes.items():
            found.setdefault(root_of(home, self.absorbed), set()).add(record)
        return {frozenset(each) for each in found.values()}


@given(records=RECORDS, pairs=st.lists(PAIR, max_size=2), seed=st.integers(0, 2**32))
def test_whatever_the_order_of_arrival_the_same_people_come_out(
    records: list[Candidate], pairs: list[tuple[int, int]], seed: int
) -> None:
    apart = [Apart(frozenset({f"r{one}"}), frozenset({f"r{other}"})) for one, other in pairs]
    shuffled = records[:]
    random.Random(seed).shuffle(shuffled)
    people = People()

    for arrived in range(1, len(shuffled) + 1):
        people.arrive(shuffled[:arrived], group(shuffled[:arrived], apart=apart))

    assert people.partition() == set(group(records, apart=apart).groups)


@given(records=RECORDS)
def test_two_strong_ids_are_never_in_one_group_unless_a_record_states_both(records: list[Candidate]) -> None:
    if any(sum(key.family == "external" for key in each.keys) > 1 for each in records):
        return
    strong = {each.record: {key for key in each.keys if key.family == "external"} for each in records}
    for members in group(records).groups:
        assert len(set().union(*(strong[record] for record in members))) <= 1
