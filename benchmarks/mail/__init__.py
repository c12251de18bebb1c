"""Bulk e-mail: personalised, DKIM-signed letters to a sink, two workers, beside the sum of stages measured alone.

From the requests on the bus to the last outcome in the store. The stages alone, on the same letters: people from the
peer, the three writes of each message, its fact to the bus, making and signing, the wire. The ceiling is what as many
workers could do if each spent on a letter exactly the sum of these.
"""

import asyncio
import base64
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure, rate
from benchmarks.ground import Ground, ground
from chassis.bus import connect as connect_bus
from chassis.bus.publisher import Publisher
from chassis.grpc import Peer
from chassis.kernel import SystemClock, derived_id, new_id, partition_of
from chassis.outbox import Fact
from chassis.process import open_engines
from gen.consilium.campaign.v1 import events_pb2
from services.channel.adapters.letters.press import Press, PressedLetter
from services.channel.adapters.messages import finished_fact
from services.channel.adapters.mongo.store import MessageStore
from services.channel.adapters.peers import ProfilePeople, content_from
from services.channel.adapters.smtp.provider import SmtpProvider
from services.channel.adapters.tokens import Tokens
from services.channel.bootstrap import house, migrate
from services.channel.config import Settings
from services.channel.domain.gates import Admission, Person
from services.channel.domain.letter import LetterData
from services.channel.domain.message import Finish, Message, Order, Outcome
from services.channel.domain.sending import Parcel, Reply
from tests.integration.channel.neighbours import CONTENT, Neighbours, person
from tests.polling import until

LETTERS = 4_000
WORKERS = 2
STAGE_LETTERS = 1_000
TEMPLATE = derived_id("template", "bench")


async def measure(scale: float) -> list[Figure]:
    """Measure; `scale` 5 is the headline's 20,000 letters."""
    count = int(LETTERS * scale)
    with ground() as place:
        async with _prepared(place, count) as bench:
            stages = await _stages(bench)
            ours = await _send(bench, count)
    ceiling = WORKERS / sum(stages.values())
    note = ", ".join(f"{name} {seconds * 1000:.2f} ms" for name, seconds in stages.items())
    return [rate(f"bulk e-mail, {count:,} letters, {WORKERS} workers", ours, ceiling, "letters/s", 0.80, note)]


@dataclass(slots=True)
class _Bench:
    settings: Settings
    neighbours: Neighbours
    sink: "subprocess.Popen[str]"
    people: list[str]
    campaign: str


@asynccontextmanager
async def _prepared(place: Ground, count: int) -> AsyncIterator[_Bench]:
    neighbours = await Neighbours().start()
    sink = await asyncio.to_thread(_start_sink)
    try:
        assert sink.stdout is not None
        port = int(await asyncio.to_thread(sink.stdout.readline))
        settings = Settings(
            **place.settings(
                access_address=f"127.0.0.1:{neighbours.access_port}",
                profile_address=f"127.0.0.1:{neighbours.profile_port}",
                campaign_address=f"127.0.0.1:{neighbours.campaign_port}",
                smtp=f"smtp://127.0.0.1:{port}?tls=never",
                principal_key=neighbours.keys.public,
                senders=("main=news@clinic.example",),
            )
        )
        people = [new_id() for _ in range(count)]
        for number, profile in enumerate(people):
            neighbours.profile.people[profile] = person(
                profile, f"p{number}@x{number % 50}.example", name=f"Имя{number}"
            )
        engines = await open_engines(settings, "channel")
        await migrate(settings, engines)
        await engines.close()
        yield _Bench(settings, neighbours, sink, people, new_id())
    finally:
        sink.terminate()
        sink.wait()
        await neighbours.stop()


def _start_sink() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.mail.sink"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _start_workers(settings: Settings) -> "list[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "services.channel", "work"]
    return [subprocess.Popen(command, env=_environment(settings)) for _ in range(WORKERS)]


async def _stages(bench: _Bench) -> dict[str, float]:
    """Seconds a letter of each stage alone."""
    engines = await open_engines(bench.settings, "channel")
    some = bench.people[:STAGE_LETTERS]
    press = Press(await house(bench.settings, engines), Tokens(bench.settings.installation_key), engines.clock)
    letter = PressedLetter(content_from(CONTENT), press)
    peer = Peer(bench.settings.profile_address, "profile", tokens=engines.tokens)
    order = Order(new_id(), new_id(), 1, "send", TEMPLATE, 1, ("email",), "main", "marketing", "news", "main")
    try:
        began = time.perf_counter()
        found: dict[str, Person] = {}
        for start in range(0, len(some), 100):
            found |= await ProfilePeople(peer).get("main", some[start : start + 100])
        stages = {"people": (time.perf_counter() - began) / len(some)}

        now = SystemClock().now()
        messages = [
            Message(
                new_id(), order, profile, number, now, person=profile, channel="email",
                record=found[profile].contacts[0].record, address_hmac=found[profile].contacts[0].hmac,
            )
            for number, profile in enumerate(some)
        ]  # fmt: skip
        store = MessageStore(engines.database, SystemClock(), "bench")
        began = time.perf_counter()
        for start in range(0, len(messages), 100):
            part = messages[start : start + 100]
            await store.admit([Admission(message, sealed=b"x" * 120) for message in part])
            await store.mark_on_wire([message.id for message in part], new_id())
            await store.finish_sent([(message, Finish(Outcome.DELIVERED, "accepted", "250")) for message in part])
        stages["store"] = (time.perf_counter() - began) / len(messages)

        facts = [finished_fact(message, Finish(Outcome.DELIVERED, "accepted", "250"), now) for message in messages]
        published = {"$set": {"published": 2, "published_at": now}, "$unset": {"unpublished": ""}}
        began = time.perf_counter()
        for start in range(0, len(messages), 100):
            await engines.publisher.publish(facts[start : start + 100])
            ids = [message.id for message in messages[start : start + 100]]
            await engines.database["messages"].update_many({"_id": {"$in": ids}}, published)
        stages["publish"] = (time.perf_counter() - began) / len(messages)

        data = [LetterData(found[profile].contacts[0].value, found[profile].values) for profile in some]
        began = time.perf_counter()
        copies = [letter.copy(message, one)[0](True) for message, one in zip(messages, data, strict=True)]
        stages["press"] = (time.perf_counter() - began) / len(messages)

        stages["wire"] = await _wire(bench, messages, data, copies)
    finally:
        await engines.database["messages"].delete_many({})
        await peer.close()
        await engines.close()
    return stages


async def _wire(
    bench: _Bench, messages: Sequence[Message], data: Sequence[LetterData], copies: Sequence[bytes]
) -> float:
    provider = SmtpProvider(bench.settings.route(), bench.settings.smtp_connections)

    def prepared(content: bytes) -> Callable[[bool], bytes]:
        return lambda _: content

    parcels = [
        Parcel(message.id, "b@bounce.example", one.address, prepared(copy))
        for message, one, copy in zip(messages, data, copies, strict=True)
    ]

    async def marked(_: str) -> bool:
        return True

    def settle(_: str, reply: Reply) -> None:
        assert reply.code == 250

    began = time.perf_counter()
    await provider.send(parcels, marked, settle)
    took = time.perf_counter() - began
    await provider.close()
    return took / len(parcels)


async def _send(bench: _Bench, count: int) -> float:
    """Letters a second from the first request on the bus to the last outcome."""
    workers = await asyncio.to_thread(_start_workers, bench.settings)
    engines = await open_engines(bench.settings, "channel")
    database = engines.database
    bus = await connect_bus(bench.settings.nats, namespace=bench.settings.namespace, service="campaign")
    try:
        lanes = {"_id": {"$regex": "^lane:"}}

        async def shared() -> bool:
            return len(await database["leases"].distinct("owner", lanes)) == WORKERS

        async def done() -> bool:
            return await database["messages"].count_documents({"state": "done"}) >= count

        await until(shared, 60, 0.1)
        facts = _requests(bench)
        began = time.perf_counter()
        await Publisher(bus).publish(facts)
        await until(done, 600, 0.2)
        took = time.perf_counter() - began
        outcomes = await database["messages"].distinct("outcome")
        assert outcomes == ["delivered"], outcomes
        return count / took
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            await asyncio.to_thread(worker.wait)
        await bus.close()
        await engines.mongo.client.drop_database(database.name)
        await engines.close()


def _requests(bench: _Bench) -> list[Fact]:
    by_partition: dict[int, list[str]] = {}
    for profile in bench.people:
        by_partition.setdefault(partition_of(profile), []).append(profile)
    facts: list[Fact] = []
    for partition, members in by_partition.items():
        for start in range(0, len(members), 100):
            batch = events_pb2.MessagesRequested(
                batch=new_id(), campaign=bench.campaign, entry=1, node="send", template=TEMPLATE, template_version=1,
                channels=["email"], controller="main", purpose="marketing", topic="news", workspace="main",
            )  # fmt: skip
            for profile in members[start : start + 100]:
                batch.requests.add(message=derived_id(bench.campaign, profile), profile=profile, no=1)
            now = SystemClock().now()
            facts.append(Fact(batch.batch, "message", "messages-requested", partition, batch.SerializeToString(), now))
    return facts


def _environment(settings: Settings) -> dict[str, str]:
    plain: dict[str, Any] = {
        "NAMESPACE": settings.namespace,
        "MONGODB": settings.mongodb,
        "NATS": settings.nats,
        "ACCESS_ADDRESS": settings.access_address,
        "PROFILE_ADDRESS": settings.profile_address,
        "CAMPAIGN_ADDRESS": settings.campaign_address,
        "SMTP": settings.smtp,
        "SENDERS": ",".join(settings.senders),
        "SERVICE_SECRET": settings.service_secret,
        "INSTALLATION_KEY": base64.b64encode(settings.installation_key).decode(),
        "PRINCIPAL_KEY": base64.b64encode(settings.principal_key).decode(),
        "GRPC_PORT": 0,
        "LOG_LEVEL": "error",
    }
    return {**os.environ, **{f"CONSILIUM_{name}": str(value) for name, value in plain.items()}}
