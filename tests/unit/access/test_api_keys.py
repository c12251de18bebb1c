"""API keys: shown once, kept as a hash, ending."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel import new_id
from services.access.domain.api_keys import LONGEST, ApiKey, create_api_key, parse_api_key
from services.access.domain.errors import CredentialRefused, KeyLifetimeRefused

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def a_key(until: datetime = NOW + timedelta(days=1)) -> tuple[ApiKey, str]:
    return create_api_key(
        new_id(), "erp", roles=("analyst",), workspaces=("main",), created_by="u", expires_at=until, now=NOW
    )


def test_the_shown_text_opens_the_key_and_is_not_in_it() -> None:
    key, text = a_key()

    key_id, secret = parse_api_key(text)

    assert key_id == key.id
    assert secret not in repr(key)
    key.check(secret, NOW)


def test_a_wrong_secret_is_refused() -> None:
    key, _ = a_key()
    _, other = a_key()

    with pytest.raises(CredentialRefused, match="unknown"):
        key.check(parse_api_key(other)[1], NOW)


def test_a_key_ends_by_time_and_by_hand() -> None:
    key, text = a_key()
    secret = parse_api_key(text)[1]

    with pytest.raises(CredentialRefused, match="expired"):
        key.check(secret, NOW + timedelta(days=1))
    revoked = key.revoked(NOW)
    assert revoked.revoked(NOW + timedelta(hours=1)) == revoked
    assert key.alive(NOW)
    assert not revoked.alive(NOW)
    with pytest.raises(CredentialRefused, match="revoked"):
        revoked.check(secret, NOW)


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(days=1), NOW + LONGEST + timedelta(seconds=1)])
def test_a_lifetime_beyond_the_bounds_is_refused(until: datetime) -> None:
    with pytest.raises(KeyLifetimeRefused):
        a_key(until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ck_",
        "ck_x_y",
        "x" * 5000,
        f"ck_{new_id()}_short",
        f"ck_{new_id()}_{'ы' * 43}",
        f"ck_{new_id()}_{'a' * 43}\n",
    ],
)
def test_what_has_not_the_form_of_a_key_is_refused(text: str) -> None:
    with pytest.raises(CredentialRefused, match="malformed"):
        parse_api_key(text)
