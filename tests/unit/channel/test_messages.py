"""Messages: what an attempt's reply means, what counts as a mark, what a token opens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel import new_id
from gen.consilium.channel.v1.events_pb2 import MessageFinished
from services.channel.adapters.messages import finished_fact
from services.channel.adapters.tokens import Tokens
from services.channel.domain.errors import LinkUnknown
from services.channel.domain.message import (
    RETRY_SECONDS,
    Finish,
    Mark,
    MarkKind,
    Message,
    Order,
    Outcome,
    Retry,
    after_reply,
    is_hard_bounce,
)
from services.channel.domain.sending import Reply, Verdict, scrubbed
from services.channel.domain.tracking import MARKS_KEPT, is_machine, is_news

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ORDER = Order("b", "c", 1, "send", "t", 1, ("email",), "main", "marketing", "news", "main")


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        (Reply(Verdict.ACCEPTED, 250, "2.0.0"), Finish(Outcome.DELIVERED, "accepted", "250 2.0.0")),
        (
            Reply(Verdict.REJECTED, 550, "5.1.1", at_recipient=True),
            Finish(Outcome.BOUNCED, "recipient-refused", "550 5.1.1"),
        ),
        (Reply(Verdict.REJECTED, 554, "5.7.1"), Finish(Outcome.FAILED, "provider-refused", "554 5.7.1")),
        (Reply(Verdict.UNKNOWN), Finish(Outcome.UNCONFIRMED, "no-answer")),
        (Reply(Verdict.REJECTED, text="RENDER_FAILED"), Finish(Outcome.INVALID, "letter-not-renderable")),
        (Reply(Verdict.DEFERRED, 450), Retry(RETRY_SECONDS[0])),
        (Reply(Verdict.UNSENT), Retry(1.0, counted=False)),
        (Reply(Verdict.LOST), Retry(1.0, counted=False)),
    ],
)  # fmt: skip
def test_a_reply_means_one_thing(reply: Reply, end: Finish | Retry) -> None:
    assert after_reply(reply, 1) == end


def test_deferrals_end_after_the_last_pause() -> None:
    reply = Reply(Verdict.DEFERRED, 451, "4.7.0")
    assert [after_reply(reply, n + 1) for n in range(len(RETRY_SECONDS))] == [Retry(s) for s in RETRY_SECONDS]
    assert after_reply(reply, len(RETRY_SECONDS) + 1) == Finish(Outcome.FAILED, "attempts-exhausted", "451 4.7.0")


@pytest.mark.parametrize(
    ("code", "hard"),
    [
        ("550 5.1.1", True), ("550", True), ("550 5.7.1", False), ("552 5.2.2", False), ("450 4.2.0", False),
        ("", False), ("5.1.1", True), ("5.4.4", True), ("4.2.2", False),
    ],
)  # fmt: skip
def test_only_an_address_that_does_not_exist_is_a_hard_bounce(code: str, hard: bool) -> None:
    assert is_hard_bounce(code) is hard


def test_a_bounce_names_the_address_by_its_hash_and_says_whether_it_lasts() -> None:
    message = Message(new_id(), ORDER, new_id(), 7, NOW, False, address_hmac=b"h" * 32)

    def told(finish: Finish) -> tuple[str, bytes, str]:
        said = MessageFinished.FromString(finished_fact(message, finish, NOW).body)
        return said.contact_kind, said.contact_hmac, said.bounce_class

    assert told(Finish(Outcome.BOUNCED, "recipient-refused", "550 5.1.1")) == ("email", b"h" * 32, "hard")
    assert told(Finish(Outcome.BOUNCED, "recipient-refused", "552 5.2.2")) == ("email", b"h" * 32, "soft")
    assert told(Finish(Outcome.DELIVERED, "accepted", "250 2.0.0")) == ("", b"", "")


def test_a_provider_text_keeps_no_address() -> None:
    assert scrubbed("5.1.1 <anna@clinic.example>: user anna@clinic.example\nunknown") == (
        "5.1.1 <<address>>: user <address> unknown"
    )


def test_machines_are_told_from_people() -> None:
    sent = NOW - timedelta(seconds=3)
    clicks = [Mark(MarkKind.CLICKED, NOW - timedelta(seconds=1), link=link) for link in (1, 2)]

    def machine(kind: MarkKind, agent: str, at: datetime, marks: list[Mark] | None = None, link: int = 0) -> bool:
        return is_machine(kind, agent, at, finished=sent, marks=marks or [], link=link)

    assert machine(MarkKind.OPENED, "scanner", NOW)
    assert machine(MarkKind.OPENED, "mail-proxy", NOW)
    assert not machine(MarkKind.OPENED, "mail-proxy", NOW + timedelta(minutes=1))
    assert machine(MarkKind.CLICKED, "browser", sent + timedelta(milliseconds=100))
    assert not machine(MarkKind.CLICKED, "browser", NOW)
    assert machine(MarkKind.CLICKED, "browser", NOW, clicks, link=3)
    assert not machine(MarkKind.CLICKED, "browser", NOW, clicks, link=2)
    assert not is_machine(MarkKind.OPENED, "browser", NOW, finished=None, marks=[])


def test_marks_that_add_nothing_are_not_kept() -> None:
    opened = Mark(MarkKind.OPENED, NOW)
    assert is_news(opened, [])
    assert not is_news(Mark(MarkKind.OPENED, NOW + timedelta(seconds=5)), [opened])
    assert is_news(Mark(MarkKind.OPENED, NOW + timedelta(minutes=5)), [opened])
    assert is_news(Mark(MarkKind.OPENED, NOW, machine=True), [opened])
    assert is_news(Mark(MarkKind.CLICKED, NOW), [opened])
    left = Mark(MarkKind.UNSUBSCRIBED, NOW)
    assert not is_news(Mark(MarkKind.UNSUBSCRIBED, NOW + timedelta(days=900)), [left])
    many = [Mark(MarkKind.OPENED, NOW + timedelta(hours=n)) for n in range(MARKS_KEPT)]
    assert not is_news(Mark(MarkKind.OPENED, NOW + timedelta(days=90)), many)
    assert is_news(left, many)


def test_tokens_open_what_they_were_made_for_and_nothing_else() -> None:
    tokens, other = Tokens(bytes(32)), Tokens(bytes([1]) * 32)
    message = Message(new_id(), ORDER, "p", 1, NOW, address_hmac=b"h" * 16)
    assert tokens.read_opened(tokens.opened(message.id)) == message.id
    assert tokens.read_browser(tokens.browser(message.id)) == message.id
    assert tokens.read_click(tokens.click(message.id, 300)) == (message.id, 300)
    wish = tokens.read_unsubscribe(tokens.unsubscribe(message))
    assert (wish.message, wish.contact_hmac, wish.controller, wish.is_test) == (message.id, b"h" * 16, "main", False)
    for token in (tokens.click(message.id, 1), other.opened(message.id), "", "é", "A" * 62):
        with pytest.raises(LinkUnknown):
            tokens.read_opened(token)
    assert tokens.opened(message.id) != tokens.opened(message.id)


def test_a_return_path_survives_any_case_and_cannot_be_forged() -> None:
    tokens = Tokens(bytes(32))
    message = new_id()
    path = tokens.return_path(message, "bounce.example")
    assert len(path.partition("@")[0]) <= 64
    assert tokens.read_return_path(path.upper()) == message
    assert tokens.read_return_path(path) == message
    flipped = path.replace(path[5], "a" if path[5] != "a" else "b", 1)
    assert tokens.read_return_path(flipped) is None
    assert Tokens(bytes([1]) * 32).read_return_path(path) is None


@given(st.text(max_size=80))
def test_anything_may_come_as_a_token_or_a_return_path(text: str) -> None:
    tokens = Tokens(bytes(32))
    assert tokens.read_return_path(text) is None
    with pytest.raises(LinkUnknown):
        tokens.read_unsubscribe(text)
