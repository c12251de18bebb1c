"""Who is who: which rows are one person, and which pairs of them a linking fact joins.

The matcher never reads this. A linking fact is what an honest system can join on: the external id of one source, an
e-mail that both sources confirm and one person alone holds, a phone that fewer than three surnames share.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from deploy.local.demo.people import Person

SHARED_FROM_SURNAMES = 3


@dataclass(frozen=True, slots=True)
class RowFact:
    """What one row of a file says of whom; `email` only where its source confirms e-mails."""

    source: str
    row: int
    person: Person
    external: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(slots=True)
class Truth:
    """All rows of all files."""

    facts: list[RowFact] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def rows(self) -> dict[str, dict[str, str]]:
        """Give the person of each row, by source and row number."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for fact in self.facts:
            found[fact.source][str(fact.row)] = fact.person.id
        return found

    def pairs(self) -> Iterator[tuple[list[str | int], list[str | int], str]]:
        """Give every pair of rows that a linking fact joins, once, with the fact's kind."""
        seen: set[tuple[int, int]] = set()
        place = {id(fact): at for at, fact in enumerate(self.facts)}
        for kind, groups in (
            ("external_id", self._groups(lambda fact: fact.external and (fact.source, fact.external))),
            ("email", self._sole_emails()),
            ("phone", self._sole_phones()),
        ):
            for group in groups:
                for one, other in combinations(group, 2):
                    pair = (place[id(one)], place[id(other)])
                    if one.person is other.person and pair not in seen:
                        seen.add(pair)
                        yield [one.source, one.row], [other.source, other.row], kind

    def _groups(self, key: Callable[[RowFact], Hashable]) -> Iterable[list[RowFact]]:
        found: dict[Hashable, list[RowFact]] = defaultdict(list)
        for fact in self.facts:
            if value := key(fact):
                found[value].append(fact)
        return found.values()

    def _sole_emails(self) -> Iterator[list[RowFact]]:
        for group in self._groups(lambda fact: fact.email):
            if len({fact.person.id for fact in group}) == 1:
                yield group

    def _sole_phones(self) -> Iterator[list[RowFact]]:
        for group in self._groups(lambda fact: fact.phone):
            if len({fact.person.family for fact in group}) < SHARED_FROM_SURNAMES:
                yield group
