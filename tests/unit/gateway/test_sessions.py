"""How long a session lives."""

from datetime import timedelta

from chassis.kernel import SystemClock
from gateway.sessions import ABSOLUTE, IDLE, ProviderTokens, Session, id_of, new_cookie

NOW = SystemClock().now()
TOKENS = ProviderTokens("access", 0.0, "refresh", "identity")


def test_a_session_ends_when_it_idles_and_when_it_is_old() -> None:
    session = Session(id_of(new_cookie()), TOKENS, "main", NOW, NOW)

    assert session.alive(NOW + IDLE - timedelta(seconds=1))
    assert not session.alive(NOW + IDLE)
    busy = Session(session.id, TOKENS, "main", NOW, NOW + ABSOLUTE)
    assert not busy.alive(NOW + ABSOLUTE)
