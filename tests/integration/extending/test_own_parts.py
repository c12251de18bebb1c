"""Parts of others beside the product: chosen by configuration, with no line of the product changed."""

import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pymongo
import pytest
from aiohttp import web
from google.protobuf.wrappers_pb2 import StringValue

from chassis.bus import stream_name
from chassis.kernel import SystemClock, derived_id, partition_of
from chassis.outbox import Fact
from deploy.local.children import HOST, free_ports
from gen.consilium.profile.v1.events_pb2 import ProfileChanged
from services.channel.config import Settings
from tests.integration.channel.neighbours import Neighbours
from tests.integration.channel.system import Campaigner
from tests.integration.extending.conftest import ended, environment, process
from tests.polling import until


@dataclass(slots=True)
class Door:
    """Acme's mail door: takes letters by HTTP from whoever has the key."""

    address: str = ""
    letters: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer a-key-of-acme":
            return web.Response(status=401)
        if request.headers["X-Recipient"].startswith("nobody"):
            return web.Response(status=404)
        self.letters.append((request.headers["X-Return-Path"], request.headers["X-Recipient"], await request.read()))
        return web.Response(status=202)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/letters", door.take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_ports(1)[0]
    await web.TCPSite(runner, HOST, port).start()
    door.address = f"http://{HOST}:{port}"
    yield door
    await runner.cleanup()


async def test_letters_go_by_the_provider_of_a_package_beside(
    acme: Path, settings: Settings, campaigner: Campaigner, door: Door
) -> None:
    people = campaigner.people("anna@clinic.example", "boris@clinic.example", "nobody@clinic.example")
    told = environment(
        settings, acme, CONSILIUM_PROVIDER="acme-courier", CONSILIUM_ACME_DOOR=door.address,
        CONSILIUM_ACME_KEY="a-key-of-acme",
    )  # fmt: skip

    async with process(told, "services.channel", "work"):
        await campaigner.request(people)
        outcomes = await campaigner.outcomes(3)

    assert outcomes == {"delivered/accepted": 2, "bounced/recipient-refused": 1}
    assert sorted(recipient for _, recipient, _ in door.letters) == ["anna@clinic.example", "boris@clinic.example"]
    return_path, _, content = door.letters[0]
    assert return_path.endswith("@bounce.consilium.example")
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert letter["Subject"] == "Конгресс, Анна"
    assert letter["DKIM-Signature"]


async def test_what_a_package_beside_lacks_is_told_at_the_start_beside_all_other_mistakes(
    acme: Path, settings: Settings
) -> None:
    told = environment(settings, acme, CONSILIUM_PROVIDER="acme-courier", CONSILIUM_ACME_DOOR="mail.acme.example")

    code, said = await ended({**told, "CONSILIUM_SMTP_CONNECTIONS": "0"}, "services.channel", "work")

    assert code == 78
    assert sorted(said.splitlines()) == [
        "CONSILIUM_ACME_DOOR: must be http://… or https://…",
        "CONSILIUM_ACME_KEY: is required (key of Acme's mail door)",
        "CONSILIUM_SMTP_CONNECTIONS: must be more than 0",
    ]


async def test_a_name_that_nobody_brings_is_refused_with_the_names_that_there_are(
    acme: Path, settings: Settings
) -> None:
    code, said = await ended(environment(settings, acme, CONSILIUM_PROVIDER="acme-curier"), "services.channel", "work")

    assert code == 78
    assert said.splitlines() == [
        "CONSILIUM_PROVIDER: there is no 'acme-curier' in consilium.channel.provider; there are: smtp, acme-courier"
    ]


async def test_a_module_beside_follows_facts_asks_services_and_tells_facts_of_its_own(
    acme: Path, settings: Settings, campaigner: Campaigner, neighbours: Neighbours
) -> None:
    people = campaigner.people(*(f"p{number}@clinic.example" for number in range(5)))
    told = environment(settings, acme)
    assert (await ended(told, "acme_cities", "migrate"))[0] == 0

    async with process(told, "acme_cities", "work"):
        await _changed(campaigner, people, revision=1)
        async with pymongo.AsyncMongoClient[dict[str, object]](settings.mongodb) as client:
            kept = client[f"{settings.namespace}_cities"]["people"]
            await until(lambda: _count(kept, 5), 60)
            neighbours.profile.people[people[0]].attributes["city"].value.code = "moscow"
            await _changed(campaigner, people, revision=2)
            await until(lambda: _count(kept, 5, revision=2), 60)
            cities = {str(one["_id"]): one["city"] async for one in kept.find()}
        assert cities == {**dict.fromkeys(people, "kazan"), people[0]: "moscow"}
        facts = await until(lambda: _told(campaigner, 6), 60)

    assert sorted(facts) == ["kazan"] * 5 + ["moscow"]


async def _changed(campaigner: Campaigner, people: list[str], revision: int) -> None:
    facts = [
        Fact(
            derived_id("changed", profile, str(revision)), "profile", "profile-changed", partition_of(profile),
            ProfileChanged(profile=profile, no=number, revision=revision).SerializeToString(), SystemClock().now(),
        )
        for number, profile in enumerate(people, 1)
    ]  # fmt: skip
    await campaigner.publisher.publish(facts)


async def _count(kept: object, wanted: int, revision: int = 1) -> bool:
    return bool(await kept.count_documents({"revision": {"$gte": revision}}) == wanted)  # type: ignore[attr-defined]  # a collection


async def _told(campaigner: Campaigner, wanted: int) -> list[str]:
    stream = stream_name(campaigner.settings.namespace, "acme")
    last = (await campaigner.bus.jetstream.stream_info(stream)).state.last_seq
    bodies = [(await campaigner.bus.jetstream.get_msg(stream, number)).data for number in range(1, last + 1)]
    return [StringValue.FromString(body or b"").value for body in bodies] if last >= wanted else []
