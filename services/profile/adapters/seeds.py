"""Dictionaries as they are shipped: JSON files beside the code, one per dictionary."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from services.profile.domain.dictionaries import Dictionary, Term

_DATA = Path(__file__).parent.parent / "data"


class _TermFile(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    names: dict[str, str]
    synonyms: list[str] = []
    parent: str | None = None
    time_zone: str | None = None


class _DictionaryFile(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    terms: list[_TermFile]


def shipped_dictionaries() -> Mapping[str, Dictionary]:
    """Read every shipped dictionary, at version 1."""
    decoder = msgspec.json.Decoder(_DictionaryFile)
    files = [decoder.decode(path.read_bytes()) for path in sorted(_DATA.glob("*.json"))]
    return {file.name: Dictionary.of(file.name, 1, [_term(term) for term in file.terms]) for file in files}


def _term(term: _TermFile) -> Term:
    return Term(term.code, term.names, tuple(term.synonyms), term.parent, term.time_zone)
