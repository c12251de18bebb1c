"""Bulk e-mail: personalised, DKIM-signed letters to a sink, two workers, beside the sum of stages measured alone.

From the requests on the bus to the last outcome in the store. The stages alone, on the same letters and in batches of
the service's own sizes: people from the peer, what the gates ask and seal, the three writes of each message, its fact
to the bus, making and signing, the wire. The ceiling is what as many workers could do if each spent on a letter exactly
the sum of these. Rounds of both alternate, so that a busy machine bears on both.
"""

import asyncio
import base64
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from benchmarks.figures import Figure, median, rates
from benchmarks.ground import Ground, ground
from benchmarks.mail.taking import Sink
from chassis.bus import connect as connect_bus
from chassis.bus.publisher import Publisher
from chassis.grpc import Peer
from chassis.kernel import LANES, SystemClock, derived_id, new_id, partition_of
from chassis.outbox import Fact
from chassis.process import open_engines
from gen.consilium.campaign.v1 import events_pb2
from services.channel.adapters.letters.press import Press, PressedLetter
from services.channel.adapters.messages import finished_fact
from services.channel.adapters.mongo.store import MessageStore
from services.channel.adapters.mongo.stores import CampaignStates, Suppressions
from services.channel.adapters.mongo.vault import Vault
from services.channel.adapters.peers import ProfilePeople, content_from
from services.channel.adapters.smtp.provider import SmtpProvider
from services.channel.adapters.tokens import Tokens
from services.channel.bootstrap import KEYS, house, migrate
from services.channel.config import Settings
from services.channel.dispatch import MARK_MOST
from services.channel.domain.gates import EVERYWHERE, Admission, Person
from services.channel.domain.letter import LetterData
from services.channel.domain.message import Finish, Message, Order, Outcome
from services.channel.domain.sending import Parcel, Reply
from services.channel.reactions import PEOPLE_AT_ONCE
from tests.integration.channel.neighbours import CONTENT, Neighbours, person
from tests.polling import until

LETTERS = 4_000
WORKERS = 2
T = TypeVar("T")

ROUNDS = 3
STAGE_LETTERS = 1_000
TEMPLATE = derived_id("template", "bench")


async def measure(scale: float) -> list[Figure]:
    """Measure three rounds; `scale` 5 is the headline's 20,000 letters."""
    count = int(LETTERS * scale)
    with ground() as place:
        async with _prepared(place, count) as bench, _worked(bench) as work:
            alone, rounds = [], []
            for number in range(ROUNDS):
                alone.append(await _stages(bench, number))
                rounds.append((count / await work(number), WORKERS / sum(alone[-1].values())))
    stages = {name: median([each[name] for each in alone]) for name in alone[0]}
    note = ", ".join(f"{name} {seconds * 1000:.2f} ms" for name, seconds in stages.items())
    job = f"bulk e-mail, {count:,} letters, {WORKERS} workers"
    return [rates(job, rounds, "letters/s", 0.80, note)]


@dataclass(slots=True)
class _Bench:
    settings: Settings
    neighbours: Neighbours
    sink: Sink
    rounds: list[list[str]]
    """The people of each round."""

    async def letters(self) -> int:
        """Ask the sink how many letters it took."""
        return await asyncio.to_thread(self.sink.letters)


@asynccontextmanager
async def _prepared(place: Ground, count: int) -> AsyncIterator[_Bench]:
    neighbours = await Neighbours().start()
    sink = await asyncio.to_thread(Sink)
    try:
        settings = Settings(
            **place.settings(
                access_address=f"127.0.0.1:{neighbours.access_port}",
                profile_address=f"127.0.0.1:{neighbours.profile_port}",
                campaign_address=f"127.0.0.1:{neighbours.campaign_port}",
                smtp=sink.address,
                principal_key=neighbours.keys.public,
                senders=("main=news@clinic.example",),
            )
        )
        rounds = [[new_id() for _ in range(count)] for _ in range(ROUNDS)]
        for number, profile in enumerate(chain.from_iterable(rounds)):
            neighbours.profile.people[profile] = person(
                profile, f"p{number}@x{number % 50}.example", name=f"Имя{number}"
            )
        engines = await open_engines(settings, "channel")
        await migrate(settings, engines)
        await engines.close()
        yield _Bench(settings, neighbours, sink, rounds)
    finally:
        sink.stop()
        await neighbours.stop()


def _start_workers(settings: Settings) -> "list[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "services.channel", "work"]
    return [subprocess.Popen(command, env=_environment(settings)) for _ in range(WORKERS)]


async def _stages(bench: _Bench, number: int) -> dict[str, float]:
    """Seconds a letter of each stage alone, in a place that no worker looks at."""
    settings = replace(bench.settings, namespace=f"{bench.settings.namespace}-alone-{number}")
    engines = await open_engines(settings, "channel")
    await migrate(settings, engines)
    some = bench.rounds[number][:STAGE_LETTERS]
    press = Press(await house(settings, engines), Tokens(settings.installation_key), engines.clock)
    letter = PressedLetter(content_from(CONTENT), press)
    peer = Peer(settings.profile_address, "profile", tokens=engines.tokens)
    order = Order(new_id(), new_id(), 1, "send", TEMPLATE, 1, ("email",), "main", "marketing", "news", "main")
    clock = SystemClock()
    try:
        began = time.perf_counter()
        found: dict[str, Person] = {}
        for part in _parts(some, PEOPLE_AT_ONCE):
            found |= await ProfilePeople(peer).get("main", part)
        stages = {"people": (time.perf_counter() - began) / len(some)}

        now = clock.now()
        messages = [
            Message(
                new_id(), order, profile, number, now, person=profile, channel="email",
                record=found[profile].contacts[0].record, address_hmac=found[profile].contacts[0].hmac,
            )
            for number, profile in enumerate(some)
        ]  # fmt: skip
        data = {
            message.id: LetterData(found[message.person].contacts[0].value, found[message.person].values)
            for message in messages
        }
        suppressions, campaigns = Suppressions(engines.database, clock), CampaignStates(engines.database)
        vault = Vault(engines.mongo.database(KEYS), settings.installation_key, clock)
        sealed: dict[str, bytes] = {}
        began = time.perf_counter()
        for group in _parts(messages, PEOPLE_AT_ONCE):
            await campaigns.of([order.campaign])
            await suppressions.among({EVERYWHERE, order.controller}, (message.address_hmac for message in group))
            sealed |= await vault.seal([(message.person, message.id, data[message.id]) for message in group])
        stages["gates"] = (time.perf_counter() - began) / len(messages)

        store, end = MessageStore(engines.database, clock, "bench"), Finish(Outcome.DELIVERED, "accepted", "250")
        began = time.perf_counter()
        for group in _parts(messages, PEOPLE_AT_ONCE):
            await store.admit([Admission(message, sealed=sealed[message.id]) for message in group])
        for group in _parts(messages, MARK_MOST):
            await store.mark_on_wire([message.id for message in group], new_id())
            await store.finish_sent([(message, end) for message in group])
        stages["store"] = (time.perf_counter() - began) / len(messages)

        facts = [finished_fact(message, end, now) for message in messages]
        published = {"$set": {"published": 2, "published_at": now}, "$unset": {"unpublished": ""}}
        began = time.perf_counter()
        for told in _parts(list(zip(facts, messages, strict=True)), MARK_MOST):
            await engines.publisher.publish([fact for fact, _ in told])
            ids = [message.id for _, message in told]
            await engines.database["messages"].update_many({"_id": {"$in": ids}}, published)
        stages["publish"] = (time.perf_counter() - began) / len(messages)

        began = time.perf_counter()
        copies = [letter.copy(message, data[message.id])[0](True) for message in messages]
        stages["press"] = (time.perf_counter() - began) / len(messages)

        stages["wire"] = await _wire(bench, messages, list(data.values()), copies)
    finally:
        for database in (engines.database, engines.mongo.database(KEYS)):
            await engines.mongo.client.drop_database(database.name)
        await peer.close()
        await engines.close()
    return stages


def _parts(whole: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


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


@asynccontextmanager
async def _worked(bench: _Bench) -> AsyncIterator[Callable[[int], Awaitable[float]]]:
    """Give what sends a round and tells the seconds from its first request on the bus to its last outcome."""
    workers = await asyncio.to_thread(_start_workers, bench.settings)
    engines = await open_engines(bench.settings, "channel")
    database = engines.database
    bus = await connect_bus(bench.settings.nats, namespace=bench.settings.namespace, service="campaign")

    async def shared() -> bool:
        lanes = await database["leases"].find({"_id": {"$regex": "^lane:"}}).to_list()
        return sorted(Counter(lane["owner"] for lane in lanes).values()) == [LANES // WORKERS] * WORKERS

    async def work(number: int) -> float:
        people = bench.rounds[number]
        facts, before = _requests(people, new_id()), await bench.letters()

        async def left() -> bool:
            return await bench.letters() - before >= len(people)

        async def done() -> bool:
            return await database["messages"].count_documents({"state": "done"}) >= (number + 1) * len(people)

        began = time.perf_counter()
        await Publisher(bus).publish(facts)
        await until(left, 600, 0.05)  # asked of the sink: counting in the store would take part of its time
        await until(done, 60, 0.05)
        took = time.perf_counter() - began
        outcomes = await database["messages"].distinct("outcome")
        assert outcomes == ["delivered"], outcomes
        return took

    try:
        await until(shared, 60, 0.1)
        yield work
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            await asyncio.to_thread(worker.wait)
        await bus.close()
        for name in (database.name, engines.mongo.database(KEYS).name):
            await engines.mongo.client.drop_database(name)
        await engines.close()


def _requests(people: Sequence[str], campaign: str) -> list[Fact]:
    by_partition: dict[int, list[str]] = {}
    for profile in people:
        by_partition.setdefault(partition_of(profile), []).append(profile)
    facts: list[Fact] = []
    for partition, members in by_partition.items():
        for start in range(0, len(members), 100):
            batch = events_pb2.MessagesRequested(
                batch=new_id(), campaign=campaign, entry=1, node="send", template=TEMPLATE, template_version=1,
                channels=["email"], controller="main", purpose="marketing", topic="news", workspace="main",
            )  # fmt: skip
            for profile in members[start : start + 100]:
                batch.requests.add(message=derived_id(campaign, profile), profile=profile, no=1)
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
