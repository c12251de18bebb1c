"""What a provider's claims are read as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access.domain.claims import ClaimPaths, at_path, is_system, merged, missing, stated, words_at

PATHS = ClaimPaths()
KNOWN = frozenset({"administrator", "analyst"})
TOKEN = {"iss": "https://sso.example.org", "sub": "7", "realm_access": {"roles": ["analyst", "offline_access"]}}


def test_roles_that_the_installation_lacks_are_left_out() -> None:
    assert stated(TOKEN, PATHS, KNOWN).roles == ("analyst",)


def test_missing_workspaces_mean_none() -> None:
    assert stated(TOKEN, PATHS, KNOWN).workspaces == ()


def test_a_path_walks_and_a_key_with_dots_wins() -> None:
    claims = {"a": {"b": ["x"]}, "https://x.example/roles": ["y"], "a.b": ["z"]}

    assert words_at(claims, "a.b") == ("z",)
    assert words_at({"a": {"b": ["x"]}}, "a.b") == ("x",)
    assert words_at(claims, "https://x.example/roles") == ("y",)


def test_codes_may_come_as_one_string() -> None:
    assert words_at({"w": "main, partner main"}, "w") == ("main", "partner")


def test_what_is_no_code_is_passed_over() -> None:
    assert words_at({"w": ["main", 7, None, "", {"a": 1}]}, "w") == ("main",)
    assert words_at({"w": 7}, "w") == ()
    assert words_at({"w": {"main": True}}, "w") == ()


def test_userinfo_fills_gaps_and_never_overrides_the_signed_token() -> None:
    userinfo = {"sub": "7", "consilium_workspaces": ["main"], "realm_access": {"roles": ["administrator"], "more": 1}}

    claims = merged(TOKEN, userinfo)

    assert missing(TOKEN, PATHS)
    assert not missing(claims, PATHS)
    assert stated(claims, PATHS, KNOWN).roles == ("analyst",)
    assert stated(claims, PATHS, KNOWN).workspaces == ("main",)


def test_a_system_is_told_from_a_person() -> None:
    assert is_system({"sub": "erp", "client_id": "erp"})
    assert is_system({"sub": "7", "azp": "erp"})
    assert not is_system({"sub": "7", "client_id": "console", "sid": "1"})
    assert not is_system({"sub": "7", "azp": "console", "auth_time": 1})


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)),
    st.text(),
)
def test_any_claim_at_any_path_is_read_without_failing(value: object, path: str) -> None:
    claims = {"x": value}

    at_path(claims, path)
    assert all(isinstance(word, str) and word for word in words_at(claims, "x"))


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": " Анна \n Орлова ", "preferred_username": "anna"}, "Анна Орлова"),
        ({"preferred_username": "anna"}, "anna"),
        ({"name": " ", "preferred_username": 7}, ""),
        ({"name": "А" * 300}, "А" * 100),
    ],
)
def test_a_name_is_what_the_provider_tells_on_one_short_line(claims: dict[str, object], name: str) -> None:
    assert stated({**TOKEN, **claims}, PATHS, KNOWN).name == name
