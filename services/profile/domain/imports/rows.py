"""One row: its cells together, what they say of a person, and whether that can be taken.

Promise: a row is refused only when it says nobody, or when a cell that its source tells people apart by cannot be
read; every other unreadable cell is left out and named, and that cells stand beyond the header is told. A row's key is
made of what the source declares, so that the same person's rows come together and the same file twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.profile.domain.imports.cells import Reader, Reading, Value, Verdict
from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.targets import REPEATABLE, Target
from services.profile.domain.names import Name
from services.profile.domain.normal.names import in_order
from services.profile.domain.normal.text import folded, is_nothing

WHO = frozenset({"family_name", "full_name", "email", "phone", "external_id"})
"""Targets of which a row needs one, to be about somebody."""

_OK = Verdict.OK
_NAME_PARTS = ("family_name", "given_name", "patronymic")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of one cell that is not simply fine."""

    place: int
    verdict: Verdict
    reason: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row with its verdict: the values by target, the findings by column, the reasons of the row as a whole.

    `key` is the material of the record's key, empty when the row is refused.
    """

    verdict: Verdict
    values: dict[str, Value]
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    key: tuple[str, ...]


def marks_of(findings: Iterable[Finding], reasons: Iterable[str]) -> tuple[str, ...]:
    """Say in codes what was found where, so that rows can be asked for by it while their content lies sealed.

    `3=2`: in column 3 a finding of verdict 2; `3:EMAIL_INVALID`: in column 3 for this reason; `:EMAIL_INVALID`: for
    this reason somewhere.
    """
    marks: dict[str, None] = {}
    for each in findings:
        marks |= dict.fromkeys((f"{each.place}={each.verdict:d}", f"{each.place}:{each.reason}", f":{each.reason}"))
    return tuple(marks | dict.fromkeys(f":{reason}" for reason in reasons))


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the rows of one file.

    `width` is how many columns the header has; `taken` are those with a target; `key_columns` as the source declares
    them.
    """

    reader: Reader
    width: int
    taken: tuple[tuple[Column, Target], ...]
    key_columns: tuple[str, ...]
    _columns: tuple[tuple[int, str, Target, dict[str, Reading]], ...] = ()

    def __post_init__(self) -> None:
        columns = tuple((column.place, target.key, target, self.reader.memory(target)) for column, target in self.taken)
        object.__setattr__(self, "_columns", columns)

    def judge(self, cells: Sequence[str]) -> JudgedRow:
        """Judge one row; cells beyond its end are empty."""
        values: dict[str, Value] = {}
        findings: list[Finding] = []
        width = len(cells)
        read = self.reader.read
        for place, key, target, memory in self._columns:
            text = cells[place] if place < width else ""
            if not text:
                continue
            reading = memory.get(text) or read(target, text)
            value, verdict, reason, suggestion = reading
            if verdict is not _OK:
                findings.append(Finding(place, verdict, reason, suggestion))
            if value is None:
                continue
            if key in REPEATABLE:
                _put(values, key, reading)
            elif key not in values:
                values[key] = value
        self._settle_name(values, findings)
        return self._verdict(cells, values, findings)

    def _settle_name(self, values: dict[str, Value], findings: list[Finding]) -> None:
        whole = values.pop("full_name", None)
        if isinstance(whole, list):
            for part, word in zip(_NAME_PARTS, whole, strict=True):
                if word:
                    values.setdefault(part, word)
            return
        family, given = values.get("family_name"), values.get("given_name")
        if not isinstance(family, str) or not isinstance(given, str):
            return
        name = in_order(Name(family, given))
        if name.family != family:
            values["family_name"], values["given_name"] = name.family, name.given
            for column, target in self.taken:
                if target.key in {"family_name", "given_name"}:
                    word = name.family if target.key == "family_name" else name.given
                    findings[:] = [each for each in findings if each.place != column.place]
                    findings.append(Finding(column.place, Verdict.CORRECTED, "NAME_SWAPPED", word))

    def _verdict(self, cells: Sequence[str], values: dict[str, Value], findings: list[Finding]) -> JudgedRow:
        key = self._key(values)
        reasons: list[str] = []
        if key:
            findings.sort(key=lambda each: each.place)
        else:
            reasons.append("ROW_WITHOUT_KEY" if WHO & values.keys() else "ROW_NAMES_NOBODY")
            needed = set(self.key_columns) or WHO
            findings[:] = [self._refusing(finding, needed) for finding in findings]
            found = {finding.place for finding in findings}
            for column, target in self.taken:
                empty = column.place >= len(cells) or not cells[column.place].strip()
                if target.key in needed and empty and column.place not in found:
                    findings.append(Finding(column.place, Verdict.REFUSED, "CELL_EMPTY", ""))
            findings.sort(key=lambda each: each.place)
        worst = max((finding.verdict for finding in findings), default=Verdict.OK)
        if any(cell and not is_nothing(cell) for cell in cells[self.width :]):
            reasons.append("CELLS_BEYOND_HEADER")
            worst = max(worst, Verdict.WARNING)
        return JudgedRow(worst if key else Verdict.REFUSED, values, tuple(findings), tuple(reasons), key)

    def _refusing(self, finding: Finding, needed: set[str] | frozenset[str]) -> Finding:
        target = next(target for column, target in self.taken if column.place == finding.place)
        if finding.verdict is not Verdict.WARNING or target.key not in needed:
            return finding
        return Finding(finding.place, Verdict.REFUSED, finding.reason, finding.suggestion)

    def _key(self, values: dict[str, Value]) -> tuple[str, ...]:
        """Give what the record's key is made of; empty when the row does not hold it."""
        external = values.get("external_id")
        if isinstance(external, str) and external and (not self.key_columns or "external_id" in self.key_columns):
            return ("external_id", external)
        if "external_id" in self.key_columns and len(self.key_columns) == 1:
            return ()
        if not WHO & values.keys():
            return ()
        columns = [column for column in self.key_columns if column != "external_id"] or ["full_name", "email", "phone"]
        parts = [(column, _comparable(column, values)) for column in columns]
        if self.key_columns and not any(text for _, text in parts):
            return ()
        if not all(text for _, text in parts):
            # A name without its phone is many people's name: the whole row then tells them apart.
            parts = [(column, _comparable(column, values)) for column in sorted(values)]
        return tuple(piece for column, text in parts if text for piece in (column, text))


def _put(values: dict[str, Value], key: str, reading: Reading) -> None:
    """Add the contact points of one more column to those of the columns before."""
    known = values.get(key)
    if not isinstance(known, list):
        values[key] = reading.value
    elif isinstance(reading.value, list):
        values[key] = list(dict.fromkeys([*known, *reading.value]))


def _comparable(column: str, values: dict[str, Value]) -> str:
    if column == "full_name":
        return " ".join(folded(str(values[part])) for part in _NAME_PARTS if values.get(part))
    value = values.get(column)
    if isinstance(value, list):
        return ",".join(sorted(value)) if column in REPEATABLE else " ".join(value)
    return folded(str(value)) if value is not None else ""
