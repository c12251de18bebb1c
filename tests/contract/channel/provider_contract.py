"""What every provider promises (services/channel/ports.py), whatever protocol it speaks."""

import asyncio
from collections.abc import Callable

import pytest

from services.channel.domain.sending import Parcel, ParcelRefused, Reply, Verdict
from services.channel.ports import Provider
from tests.contract.channel.sink import Sink

CONTENT = "Subject: Привет\r\n\r\nтело\r\n".encode()


class Desk:
    """Marks and settles as the real one does, and remembers the order of things."""

    def __init__(self, *, refuse_marks: bool = False, mark_seconds: float = 0.0) -> None:
        self.replies: dict[str, Reply] = {}
        self.marked: list[str] = []
        self._refuse = refuse_marks
        self._seconds = mark_seconds

    async def on_wire(self, message: str) -> bool:
        await asyncio.sleep(self._seconds)
        self.marked.append(message)
        return not self._refuse

    def settle(self, message: str, reply: Reply) -> None:
        assert message not in self.replies, "settled twice"
        self.replies[message] = reply


def parcel(recipient: str, build: Callable[[bool], bytes] = lambda _: CONTENT) -> Parcel:
    return Parcel(recipient.partition("@")[0], "b-1@bounce.example", recipient, build)


async def until(condition: Callable[[], bool]) -> None:
    """Poll with a deadline."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for sends no event
            await asyncio.sleep(0.02)


class ProviderContract:
    """Inherit, and give the fixtures `sink` and `provider` (connected to that sink)."""

    async def test_every_letter_arrives_once_and_is_accepted(self, sink: Sink, provider: Provider) -> None:
        desk = Desk()
        await provider.send([parcel(f"p{n}@clinic.example") for n in range(50)], desk.on_wire, desk.settle)
        assert sorted(letter.recipient for letter in sink.letters) == sorted(f"p{n}@clinic.example" for n in range(50))
        assert {reply.verdict for reply in desk.replies.values()} == {Verdict.ACCEPTED}
        assert sink.breaches == []
        assert sink.letters[0].sender == "b-1@bounce.example"

    async def test_a_refused_recipient_is_rejected_and_does_not_disturb_the_others(
        self, sink: Sink, provider: Provider
    ) -> None:
        desk = Desk()
        batch = [parcel("a@x.example"), parcel("refuse-b@x.example"), parcel("c@x.example"), parcel("spam-d@x.example")]
        await provider.send(batch, desk.on_wire, desk.settle)
        refused = desk.replies["refuse-b"]
        assert (refused.verdict, refused.code, refused.status, refused.at_recipient) == (
            Verdict.REJECTED, 550, "5.1.1", True,
        )  # fmt: skip
        assert "refuse-b" not in refused.text
        assert (desk.replies["spam-d"].verdict, desk.replies["spam-d"].at_recipient) == (Verdict.REJECTED, False)
        assert {letter.recipient for letter in sink.letters} == {"a@x.example", "c@x.example"}

    async def test_a_transient_refusal_is_deferred_and_accepted_when_sent_again(
        self, sink: Sink, provider: Provider
    ) -> None:
        for name in ("later-a", "full-b"):
            desk = Desk()
            await provider.send([parcel(f"{name}@x.example")], desk.on_wire, desk.settle)
            assert desk.replies[name].verdict is Verdict.DEFERRED
            desk = Desk()
            await provider.send([parcel(f"{name}@x.example")], desk.on_wire, desk.settle)
            assert desk.replies[name].verdict is Verdict.ACCEPTED
        assert len(sink.letters) == 2

    async def test_a_connection_that_ends_after_content_leaves_the_letter_unknown_and_the_rest_arrives(
        self, sink: Sink, provider: Provider
    ) -> None:
        desk = Desk()
        batch = [parcel("cut-a@x.example"), *(parcel(f"p{n}@x.example") for n in range(10))]
        await provider.send(batch, desk.on_wire, desk.settle)
        assert desk.replies["cut-a"].verdict is Verdict.UNKNOWN
        assert all(desk.replies[f"p{n}"].verdict is Verdict.ACCEPTED for n in range(10))
        assert len(sink.letters) == 11

    async def test_a_connection_that_ends_before_content_costs_the_letter_nothing(
        self, sink: Sink, provider: Provider
    ) -> None:
        desk = Desk()
        await provider.send([parcel("cut-early-a@x.example")], desk.on_wire, desk.settle)
        assert desk.replies["cut-early-a"].verdict is Verdict.ACCEPTED
        assert desk.marked == ["cut-early-a"]

    async def test_a_slow_server_is_waited_for(self, sink: Sink, provider: Provider) -> None:
        desk = Desk()
        await provider.send([parcel("slow-a@x.example"), parcel("b@x.example")], desk.on_wire, desk.settle)
        assert {reply.verdict for reply in desk.replies.values()} == {Verdict.ACCEPTED}

    async def test_no_content_leaves_without_its_mark(self, sink: Sink, provider: Provider) -> None:
        desk = Desk(refuse_marks=True, mark_seconds=0.02)
        await provider.send([parcel("a@x.example"), parcel("refuse-b@x.example")], desk.on_wire, desk.settle)
        assert {reply.verdict for reply in desk.replies.values()} == {Verdict.LOST}
        assert sink.letters == []

    async def test_a_refusal_is_settled_only_after_its_mark(self, sink: Sink, provider: Provider) -> None:
        desk = Desk(mark_seconds=0.1)

        def settle(message: str, reply: Reply) -> None:
            assert message in desk.marked
            desk.settle(message, reply)

        await provider.send([parcel("refuse-a@x.example"), parcel("b@x.example")], desk.on_wire, settle)
        assert len(desk.replies) == 2

    async def test_a_mark_that_fails_lets_nothing_out(self, sink: Sink, provider: Provider) -> None:
        desk = Desk()

        async def broken(message: str) -> bool:
            raise ConnectionError("the store is away")

        await provider.send([parcel("a@x.example")], broken, desk.settle)
        assert desk.replies["a"].verdict is Verdict.LOST
        assert sink.letters == []

    async def test_a_copy_that_cannot_be_made_is_rejected_without_a_word_on_the_wire(
        self, sink: Sink, provider: Provider
    ) -> None:
        def build(_: bool) -> bytes:
            raise ParcelRefused("RENDER_FAILED")

        desk = Desk()
        await provider.send([parcel("a@x.example", build), parcel("b@x.example")], desk.on_wire, desk.settle)
        assert (desk.replies["a"].verdict, desk.replies["a"].text) == (Verdict.REJECTED, "RENDER_FAILED")
        assert desk.replies["b"].verdict is Verdict.ACCEPTED

    async def test_a_server_that_is_away_returns_letters_unsent_and_is_found_again(
        self, sink: Sink, provider: Provider
    ) -> None:
        await sink.stop()
        desk = Desk()
        await provider.send([parcel("a@x.example"), parcel("b@x.example")], desk.on_wire, desk.settle)
        assert {reply.verdict for reply in desk.replies.values()} == {Verdict.UNSENT}
        assert bool(provider.available) is False
        await sink.start()
        await until(lambda: provider.available)
        desk = Desk()
        await provider.send([parcel("a@x.example")], desk.on_wire, desk.settle)
        assert desk.replies["a"].verdict is Verdict.ACCEPTED

    async def test_a_cancelled_batch_settles_everything(self, sink: Sink, provider: Provider) -> None:
        desk = Desk()
        sink.final_seconds = 5.0
        sending = asyncio.create_task(
            provider.send([parcel(f"p{n}@x.example") for n in range(20)], desk.on_wire, desk.settle)
        )
        await until(lambda: bool(desk.marked))
        await asyncio.sleep(0.1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert len(desk.replies) == 20
        assert {reply.verdict for reply in desk.replies.values()} <= {Verdict.UNKNOWN, Verdict.UNSENT}
