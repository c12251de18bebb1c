"""Encryption, blind index, page tokens."""

import os

import pytest

from chassis.crypto import BlindIndex, DataKey, SealBroken, Sealer
from chassis.kernel.problem import PageTokenInvalid
from chassis.paging import Pages, page_size

KEY = os.urandom(32)


def test_a_value_opens_only_in_its_own_place() -> None:
    key = DataKey.fresh()
    sealed = key.encrypt(b"value", b"record-1/attributes.city")

    assert key.decrypt(sealed, b"record-1/attributes.city") == b"value"
    with pytest.raises(SealBroken):
        key.decrypt(sealed, b"record-2/attributes.city")
    with pytest.raises(SealBroken):
        DataKey.fresh().decrypt(sealed, b"record-1/attributes.city")


def test_an_altered_or_cut_value_does_not_open() -> None:
    sealer = Sealer(KEY, "test")
    sealed = sealer.seal(b"value", b"")

    for broken in (sealed[:-1], sealed[:5], b"", sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(SealBroken):
            sealer.open(broken, b"")


def test_a_blind_index_meets_equal_values_of_one_kind_and_one_installation() -> None:
    index = BlindIndex(KEY)

    assert index.digest("email", "a@example.org") == BlindIndex(KEY).digest("email", "a@example.org")
    assert index.digest("email", "a@example.org") != index.digest("phone", "a@example.org")
    assert index.digest("email", "a@example.org") != BlindIndex(os.urandom(32)).digest("email", "a@example.org")


def test_a_page_token_opens_only_for_its_own_query() -> None:
    pages = Pages(KEY)
    token = pages.token({"list": "people", "workspace": "main"}, [3, "x"])

    assert pages.position({"workspace": "main", "list": "people"}, token) == [3, "x"]
    for query in ({"list": "people", "workspace": "partner"}, {"list": "segments", "workspace": "main"}):
        with pytest.raises(PageTokenInvalid):
            pages.position(query, token)
    with pytest.raises(PageTokenInvalid):
        pages.position({"list": "people", "workspace": "main"}, token[:-2] + "AA")


def test_pages_are_bounded() -> None:
    assert [page_size(0), page_size(7), page_size(9999)] == [50, 7, 500]
