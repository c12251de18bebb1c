"""Compiles what somebody typed to an OpenSearch query that ranks people.

Every word has to be found, in any order: as a name (whole, beginning, any piece of three letters, transliterated, with
typos, typed on the wrong keyboard), as a piece of an e-mail address, or as digits of a phone from either end.
"""

import re
from collections.abc import Iterable
from uuid import UUID

from services.segment.adapters.rule_query import Query, any_of
from services.segment.domain.names import digits, fold, latin, national, other_layout, words

_PHONE = re.compile(r"[+()\-.]*\d[\d+()\-.]*")
_TYPO_FROM = 4  # shorter words have too many neighbours at one letter's distance
_PIECE_FROM = 3  # the index holds pieces of three letters

# The order is what counts: whole before beginning before piece before typo, as written before transliterated.
_WHOLE, _BEGINNING, _LATIN_WHOLE, _LATIN_BEGINNING, _ADDRESS, _PIECE, _TYPO, _LATIN_TYPO = 10, 8, 7, 5, 4, 3, 2, 1


def compile_text(text: str) -> Query | None:
    """Return the query for a text, or None when there is nothing to look for in it."""
    if profile := _profile_id(text):
        return {"constant_score": {"filter": {"term": {"profile": profile}}}}
    chunks = text.split()
    parts = [_phone(number) for number in _phones(chunks)]
    for chunk in chunks:
        if _PHONE.fullmatch(chunk):
            continue
        part = _address(chunk) if "@" in chunk else _name(chunk)
        if part is not None:
            parts.append(part)
    return {"bool": {"must": parts}} if parts else None


def _profile_id(text: str) -> str | None:
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return None


def _phones(chunks: Iterable[str]) -> Iterable[str]:
    """Yield numbers: neighbouring chunks of digits and marks are one, as in `8 (916) 123-45-67`."""
    run: list[str] = []
    for chunk in (*chunks, ""):
        if _PHONE.fullmatch(chunk):
            run.append(chunk)
        elif run:
            yield digits("".join(run))
            run = []


def _phone(number: str) -> Query:
    remembered = national(number)
    return _best(
        [
            _scored({"terms": {"phones": [number, remembered]}}, _WHOLE),
            _scored({"term": {"phones.beginnings": number}}, _BEGINNING),
            _scored({"term": {"phones_reversed.beginnings": number[::-1]}}, _BEGINNING),
            *([_piece("phones", number)] if len(number) > _PIECE_FROM else []),
        ]
    )


def _address(chunk: str) -> Query | None:
    pieces = words(chunk)
    if not pieces:
        return None
    everywhere: Query = {"bool": {"filter": [{"term": {"emails.beginnings": piece}} for piece in pieces]}}
    return _best([_scored({"prefix": {"email": {"value": fold(chunk)}}}, _WHOLE), _scored(everywhere, _ADDRESS)])


def _name(chunk: str) -> Query | None:
    readings = [words(chunk)]
    if (meant := other_layout(chunk)) is not None:
        readings.append(words(meant))
    found: list[Query] = [{"bool": {"must": [_word(word) for word in reading]}} for reading in readings if reading]
    return _best(found) if found else None


def _word(word: str) -> Query:
    sound = latin(word)
    ways = [
        _scored({"term": {"names": word}}, _WHOLE),
        _scored({"term": {"names.beginnings": word}}, _BEGINNING),
        _scored({"term": {"emails.beginnings": word}}, _ADDRESS),
    ]
    if sound:
        ways.append(_scored({"term": {"latin_names": sound}}, _LATIN_WHOLE))
        ways.append(_scored({"term": {"latin_names.beginnings": sound}}, _LATIN_BEGINNING))
    if len(word) >= _PIECE_FROM:
        ways.append(_piece("names", word))
        ways.append(_piece("emails", word))
    if len(word) >= _TYPO_FROM:
        ways.append(_scored(_typo("names", word), _TYPO))
        ways.append(_scored(_typo("latin_names", sound), _LATIN_TYPO))
    return _best(ways)


def _typo(field: str, word: str) -> Query:
    return {"fuzzy": {field: {"value": word, "fuzziness": "AUTO:4,8", "prefix_length": 0, "transpositions": True}}}


def _piece(field: str, piece: str) -> Query:
    return _scored({"match_phrase": {f"{field}.pieces": {"query": piece}}}, _PIECE)


def _scored(query: Query, score: int) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _best(queries: list[Query]) -> Query:
    return {"dis_max": {"queries": queries}} if len(queries) > 1 else any_of(queries)
