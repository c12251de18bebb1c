"""What a staged row holds, as it lies encrypted: its cells as written, what was found, what was read."""

import msgspec

from services.profile.domain.imports.cells import LONGEST_CELL, Value, Verdict
from services.profile.domain.imports.rows import Finding, JudgedRow

Content = tuple[list[str], tuple[Finding, ...], tuple[str, ...], dict[str, Value]]


class _Finding(msgspec.Struct, array_like=True):
    place: int
    verdict: int
    reason: str
    suggestion: str


class _Content(msgspec.Struct, array_like=True):
    cells: list[str]
    findings: list[_Finding]
    reasons: list[str]
    values: dict[str, str | float | bool | list[str] | None]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)


def encoded(cells: list[str], row: JudgedRow) -> bytes:
    """Write a row; a cell is kept up to what is shown of it."""
    shown = [cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL] for cell in cells]
    findings = [[each.place, int(each.verdict), each.reason, each.suggestion] for each in row.findings]
    return _encoder.encode([shown, findings, row.reasons, row.values])


def decoded(content: bytes) -> Content:
    """Read a row."""
    read = _decoder.decode(content)
    findings = tuple(Finding(each.place, Verdict(each.verdict), each.reason, each.suggestion) for each in read.findings)
    return read.cells, findings, tuple(read.reasons), dict(read.values)
