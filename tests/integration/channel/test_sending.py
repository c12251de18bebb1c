"""From a request on the bus to a letter, its outcome and its fact."""

import asyncio
import email
import email.policy
from dataclasses import replace

import pytest

from chassis.kernel import partition_of
from chassis.process import Running
from gen.consilium.channel.v1 import events_pb2
from gen.consilium.profile.v1 import consents_pb2, profiles_pb2
from services.channel import dispatch
from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import Neighbours, person
from tests.integration.channel.system import Campaigner, soon, started
from tests.logged import logged


async def facts_of(campaigner: Campaigner) -> list[tuple[str, events_pb2.MessageFinished]]:
    """Read every delivery fact of the namespace."""
    stream = f"{campaigner.settings.namespace}_DELIVERY".upper()
    info = await campaigner.bus.jetstream.stream_info(stream)
    found = []
    for sequence in range(1, info.state.last_seq + 1):
        raw = await campaigner.bus.jetstream.get_msg(stream, seq=sequence)
        found.append((raw.subject, events_pb2.MessageFinished.FromString(raw.data)))
    return found


async def test_requests_become_letters_outcomes_and_facts(
    running: Running, campaigner: Campaigner, sink: Sink, neighbours: Neighbours
) -> None:
    people = campaigner.people(*(f"p{n}@clinic.example" for n in range(30)))
    await campaigner.request(people)
    assert await campaigner.outcomes(30) == {"delivered/accepted": 30}
    assert sorted(letter.recipient for letter in sink.letters) == sorted(f"p{n}@clinic.example" for n in range(30))
    made = email.message_from_bytes(sink.letters[0].content, policy=email.policy.default)
    assert made["Subject"] == "Конгресс, Анна"
    assert made["DKIM-Signature"]
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["From"].addresses[0].addr_spec == "news@clinic.example"
    await soon(lambda: _all_published(campaigner, 30))
    facts = await facts_of(campaigner)
    assert {subject.split(".")[-2] for subject, _ in facts} == {"message-delivered"}
    for subject, fact in facts:
        assert int(subject.rpartition(".")[2]) == partition_of(fact.profile)
        assert fact.message == campaigner.message(fact.profile)
    assert neighbours.campaign.calls == 1


async def _all_published(campaigner: Campaigner, count: int) -> bool:
    return len(await facts_of(campaigner)) >= count


async def test_each_gate_names_its_reason_and_lets_nothing_out(
    running: Running, campaigner: Campaigner, sink: Sink, neighbours: Neighbours
) -> None:
    ids = campaigner.people(*(f"g{n}@clinic.example" for n in range(6)))
    people = neighbours.profile.people
    people[ids[0]] = person(ids[0], "g0@clinic.example", state=profiles_pb2.PROFILE_STATE_ARCHIVED)
    people[ids[1]] = person(ids[1], "g1@clinic.example", consent=consents_pb2.CONSENT_STATUS_REVOKED)
    people[ids[2]] = person(ids[2])
    del people[ids[3]]
    people[ids[4]].contacts[0].standing = "blocked"
    await campaigner.database["suppressions"].insert_one(
        {"_id": f"main/{people[ids[5]].contacts[0].hmac.hex()}", "controller": "main",
         "hmac": people[ids[5]].contacts[0].hmac, "reason": "unsubscribed"}
    )  # fmt: skip
    await campaigner.request(ids)
    await campaigner.outcomes(6)
    found = {
        profile: (document["outcome"], document["reason"])
        for profile, document in (await campaigner.documents()).items()
    }
    assert [found[profile] for profile in ids] == [
        ("archived", "person-archived"), ("no-consent", "consent-missing"), ("invalid", "contact-missing"),
        ("archived", "person-gone"), ("invalid", "contact-invalid"), ("suppressed", "address-suppressed"),
    ]  # fmt: skip
    assert sink.seen == {}


async def test_a_person_and_an_address_get_one_letter_whatever_is_requested(
    running: Running, campaigner: Campaigner, sink: Sink, neighbours: Neighbours
) -> None:
    first, second, third = campaigner.people("one@clinic.example", "two@clinic.example", "three@clinic.example")
    neighbours.profile.people[second] = person(second, "one@clinic.example")  # a shared address
    neighbours.profile.absorbed[third] = first  # merged meanwhile
    await campaigner.request([first])
    await campaigner.outcomes(1)
    await campaigner.request([first, second, third])
    await campaigner.request([first, second, third])
    outcomes = await campaigner.outcomes(3)
    assert outcomes == {"delivered/accepted": 1, "duplicate/already-has-it": 2}
    assert len(sink.letters) == 1


async def test_refusals_bounce_deferrals_are_tried_again_and_silence_is_unconfirmed(
    running: Running, campaigner: Campaigner, sink: Sink
) -> None:
    people = campaigner.people(
        "refuse-a@x.example", "spam-b@x.example", "later-c@x.example", "cut-d@x.example", "e@x.example"
    )
    await campaigner.request(people)
    outcomes = await campaigner.outcomes(5)
    assert outcomes == {
        "bounced/recipient-refused": 1, "failed/provider-refused": 1, "delivered/accepted": 2,
        "unconfirmed/no-answer": 1,
    }  # fmt: skip
    documents = await campaigner.documents()
    assert documents[people[0]]["provider_code"] == "550 5.1.1"
    assert [documents[profile]["attempts"] for profile in people] == [1, 1, 2, 1, 1]
    [held] = [events_pb2.MessageHeld.FromString(body) for body in await campaigner.told("message-held")]
    assert (held.message, held.reason) == (campaigner.message(people[2]), "provider-deferred")
    assert 4.0 < held.next_time.ToDatetime().timestamp() - held.time.ToDatetime().timestamp() < 6.0
    assert sink.seen["later-c@x.example"] == 2
    # The address that does not exist is not tried again by the next node.
    await campaigner.request([people[0]], node="second")
    await soon(lambda: _outcome_of(campaigner, campaigner.message(people[0], "second"), "suppressed"))


async def _outcome_of(campaigner: Campaigner, message: str, outcome: str) -> bool:
    document = await campaigner.database["messages"].find_one({"_id": message})
    return bool(document and document.get("outcome") == outcome)


async def test_a_control_group_is_recorded_and_never_written_to(
    running: Running, campaigner: Campaigner, sink: Sink
) -> None:
    await campaigner.request(campaigner.people("a@x.example"), held_out=True)
    assert await campaigner.outcomes(1) == {"held-out/control-group": 1}
    assert sink.letters == []


async def test_a_letter_that_does_not_exist_stops_its_messages_only(
    running: Running, campaigner: Campaigner, sink: Sink
) -> None:
    first, second = campaigner.people("a@x.example", "b@x.example")
    await campaigner.request([first], version=2)
    await campaigner.request([second])
    assert await campaigner.outcomes(2) == {"invalid/letter-missing": 1, "delivered/accepted": 1}


async def test_pause_holds_resume_sends_and_stop_cancels(running: Running, campaigner: Campaigner, sink: Sink) -> None:
    await campaigner.control("paused")
    await soon(lambda: _state(campaigner, "paused"))
    people = campaigner.people(*(f"p{n}@x.example" for n in range(20)))
    await campaigner.request(people[:10])
    await soon(lambda: _held(campaigner, 10))
    assert sink.letters == []
    await soon(lambda: _told_held(campaigner, 10))
    await campaigner.control("sending")
    assert await campaigner.outcomes(10) == {"delivered/accepted": 10}
    await campaigner.control("stopped")
    await soon(lambda: _state(campaigner, "stopped"))
    await campaigner.request(people[10:])
    assert await campaigner.outcomes(20) == {"delivered/accepted": 10, "cancelled/campaign-stopped": 10}


async def _held(campaigner: Campaigner, count: int) -> bool:
    query = {"campaign": campaigner.campaign, "state": "held"}
    return await campaigner.database["messages"].count_documents(query) == count


async def _told_held(campaigner: Campaigner, count: int) -> bool:
    told = [events_pb2.MessageHeld.FromString(body) for body in await campaigner.told("message-held")]
    return [each.reason for each in told] == ["campaign-paused"] * count


async def _state(campaigner: Campaigner, state: str) -> bool:
    found = await campaigner.database["campaign_states"].find_one({"_id": campaigner.campaign})
    return bool(found and found["state"] == state)


async def test_a_stop_in_the_middle_of_a_send_acts_within_seconds(
    running: Running, campaigner: Campaigner, sink: Sink
) -> None:
    sink.final_seconds = 0.2  # eight connections: forty letters a second
    people = campaigner.people(*(f"p{n}@x.example" for n in range(400)))
    await campaigner.request(people)
    await soon(lambda: len(sink.letters) >= 20)
    await campaigner.control("stopped")
    outcomes = await campaigner.outcomes(400)
    assert set(outcomes) == {"delivered/accepted", "cancelled/campaign-stopped"}
    assert outcomes["delivered/accepted"] == len(sink.letters) < 400


async def test_a_rate_is_kept_by_all_workers_together(settings: Settings, campaigner: Campaigner, sink: Sink) -> None:
    workers = [await started(replace(settings, smtp_rate=50.0), "work") for _ in range(2)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(100))))
    await campaigner.outcomes(100)
    took = loop.time() - began
    for worker in workers:
        await worker.stop()
    assert len(sink.letters) == 100
    assert took > 1.0  # 100 letters at 50 a second, the last batch free to go at once


async def test_a_mail_server_that_is_away_costs_nothing(running: Running, campaigner: Campaigner, sink: Sink) -> None:
    with logged() as lines:
        await sink.stop()
        people = campaigner.people(*(f"p{n}@x.example" for n in range(20)))
        await campaigner.request(people)
        await soon(lambda: _not_ready(running))
        await sink.start()
        assert await campaigner.outcomes(20) == {"delivered/accepted": 20}
    away = lines.of("channel.provider_away")
    assert away["kind"]
    assert away["do"]
    assert lines.of("channel.provider_back")
    assert len(sink.letters) == 20
    assert {document["attempts"] for document in (await campaigner.documents()).values()} == {1}


async def _not_ready(running: Running) -> bool:
    return not (await running.readiness())["smtp"]


async def test_profile_away_holds_the_batch_and_nothing_is_lost(
    running: Running, campaigner: Campaigner, sink: Sink, neighbours: Neighbours
) -> None:
    neighbours.profile.away = True
    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(5))))
    await soon(lambda: neighbours.profile.calls > 0)
    neighbours.profile.away = False
    assert await campaigner.outcomes(5) == {"delivered/accepted": 5}


@pytest.mark.parametrize("count", [3])
async def test_variables_are_kept_encrypted_and_nothing_personal_is_clear(
    running: Running, campaigner: Campaigner, sink: Sink, count: int
) -> None:
    people = campaigner.people(*(f"marked-person-{n}@x.example" for n in range(count)))
    await campaigner.request(people)
    await campaigner.outcomes(count)
    for document in (await campaigner.documents()).values():
        text = repr(document)
        assert "marked-person" not in text
        assert "Анна" not in text
        assert "Казань" not in text
        assert len(document["variables"]) > 20


async def test_a_slow_mail_server_costs_no_delivery_attempt_and_loses_nobody(
    settings: Settings, campaigner: Campaigner, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "ROOM_SECONDS", 0.2)
    worker = await started(replace(settings, room=20, smtp_connections=2), "work")
    sink.final_seconds = 0.05  # forty letters a second: room for the next comes later than the deadline
    try:
        await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(120))))
        assert await campaigner.outcomes(120) == {"delivered/accepted": 120}
        assert len(sink.letters) == 120
    finally:
        await worker.stop()


async def test_a_worker_that_is_told_to_stop_waits_for_answers_and_gives_back_the_rest(
    settings: Settings, campaigner: Campaigner, sink: Sink
) -> None:
    leaving = await started(settings, "work")
    sink.final_seconds = 5.0  # longer than the lease of a worker that is not heard of
    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(40))))
    await soon(lambda: _on_wire(campaigner, settings.smtp_connections))
    staying = await started(settings, "work")
    try:
        await leaving.stop()
        assert sink.letters, "what had left was answered before the worker left"
        sink.final_seconds = 0.0
        assert await campaigner.outcomes(40) == {"delivered/accepted": 40}
        assert len(sink.letters) == 40
    finally:
        await staying.stop()


async def _on_wire(campaigner: Campaigner, count: int) -> bool:
    query = {"campaign": campaigner.campaign, "state": "on-wire"}
    return await campaigner.database["messages"].count_documents(query) >= count
