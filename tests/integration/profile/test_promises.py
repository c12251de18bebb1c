"""Promises that need two clocks, two writers or a guarded value, on a real MongoDB."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.grpc import Principal
from chassis.kernel import EtagStale, FixedClock, new_id
from services.profile import queries
from services.profile.adapters.presenting import profile_to
from services.profile.adapters.rpc.manner import manner_of
from services.profile.app import App
from services.profile.bootstrap import wire
from services.profile.commands.catalogue import create_attribute, create_base, create_source
from services.profile.commands.change import Request, see
from services.profile.commands.consents import GrantConsent, grant_consent
from services.profile.commands.erasing import erase_profile
from services.profile.commands.profiles import ProfileInput, UpdateProfile, create_profile, update_profile
from services.profile.commands.records import PutResult, StagedDraft, put_records
from services.profile.commands.upkeep import expire_due_consents
from services.profile.domain.catalogue import Attribute, PersonalClass, ValueType
from services.profile.domain.consent import ConsentKey, Evidence, effective
from services.profile.domain.errors import AttributeTaken, BaseTaken, BaseUnknown, SourceTaken
from services.profile.domain.record import Contact
from services.profile.domain.sources import Base
from services.profile.domain.survivorship import golden_values
from tests.integration.profile.conftest import Ground
from tests.unit.profile.people_samples import CONGRESS, MAIL, PHONE, REGISTRY, a_draft

STEWARD = Request("steward")
DIAGNOSIS = Attribute("diagnosis", ValueType.TEXT, PersonalClass.HEALTH, title="Diagnosis")


async def opened(app: App, **changes: object) -> str:
    [result] = await put_records([StagedDraft(a_draft(REGISTRY, "k1", **changes), "1")], app)
    assert result.profile is not None
    return result.profile


async def test_a_health_value_is_sealed_in_the_view_and_shown_on_the_card_only(ground: Ground) -> None:
    app = ground.app
    await create_attribute(DIAGNOSIS, app)
    profile = await opened(app, attributes={"family_name": "Ким", "given_name": "Олег", "diagnosis": "J45 astma"})

    for name in ("view_people", "commits"):
        async for document in ground.engines.database[name].find():
            assert "astma" not in str(document)
    shown = await queries.get_profile(profile, "*", wire(ground.settings, ground.engines))
    service = Principal("segment", "service", (), "*", ("*",), frozenset())
    card = await manner_of(app, service, "Asia/Almaty", health=True)
    batch = await manner_of(app, service, "Asia/Almaty")
    assert profile_to(shown, card, workspace="*").attributes["diagnosis"].value.text == "J45 astma"
    assert "diagnosis" not in profile_to(shown, batch, workspace="*", faces=True).attributes
    assert "astma" not in str(profile_to(shown, batch, workspace="*", faces=True))


async def test_of_two_edits_at_once_with_one_etag_one_is_refused(app: App) -> None:
    profile = await opened(app)
    etag = (await see(profile, "*", app)).etag

    async def edit(city: str) -> bool:
        command = UpdateProfile(profile, ProfileInput(attributes={"city": city}), ("attributes.city",), "main", etag)
        try:
            await update_profile(command, STEWARD, app)
        except EtagStale:
            return False
        return True

    outcomes = await asyncio.gather(*(edit(city) for city in ("omsk", "astana", "tomsk")))

    assert outcomes.count(True) == 1


async def test_edits_at_once_without_an_etag_all_count(app: App) -> None:
    profile = await opened(app)
    await update_profile(
        UpdateProfile(profile, ProfileInput(attributes={"city": "omsk"}), ("attributes.city",), "main"), STEWARD, app
    )

    async def edit(key: str, code: str) -> None:
        command = UpdateProfile(profile, ProfileInput(attributes={key: code}), (f"attributes.{key}",), "main")
        await update_profile(command, STEWARD, app)

    await asyncio.gather(edit("degree", "candidate"), edit("language", "kk"))

    person = (await see(profile, "*", app)).person
    [console] = [record for record in person.records if record.source == "console"]
    assert {"city", "degree", "language"} == set(console.attributes)


async def test_a_consent_runs_out_by_itself(ground: Ground) -> None:
    clock = FixedClock(ground.app.clock.now())
    ground.engines.clock = clock
    app = wire(ground.settings, ground.engines)
    profile = await opened(app)
    key = ConsentKey("main", "marketing", "email", "newsletter", MAIL)
    until = clock.now() + timedelta(days=30)
    evidence = Evidence("web-form", "", "v1", "steward", clock.now())
    await grant_consent(GrantConsent(profile, key, evidence, until), STEWARD, app)
    before = (await see(profile, "*", app)).revision
    clock.advance(timedelta(days=31))

    assert sum([await expire_due_consents(app, lane) for lane in range(8)]) == 1
    assert sum([await expire_due_consents(app, lane) for lane in range(8)]) == 0

    seen = await see(profile, "*", app)
    assert seen.revision == before + 1
    [word] = effective((record.consents for record in seen.person.records), clock.now()).values()
    assert word.status == "expired"


async def test_a_repeated_row_does_not_bring_back_whom_it_brought_before_the_erasure(ground: Ground) -> None:
    app = ground.app
    row = StagedDraft(a_draft(REGISTRY, "k1"), "1", new_id(), new_id())
    [first] = await put_records([row], app)
    await erase_profile(first.profile or "", "request", STEWARD, app)

    assert await put_records([row], app) == [PutResult("unchanged")]
    assert await ground.engines.database["identity_keys"].count_documents({}) == 0


async def test_a_pin_wins_and_lets_go(app: App) -> None:
    profile = await opened(app)
    given = ProfileInput(attributes={"city": "omsk"}, pinned=("city",))
    await update_profile(UpdateProfile(profile, given, ("attributes.city", "pinned"), "main"), STEWARD, app)
    await opened(app, attributes={"city": "astana"}, observed_at=app.clock.now())
    assert await _city(app, profile) == "omsk"

    withdrawn = UpdateProfile(profile, ProfileInput(), ("attributes.city", "pinned"), "main")
    await update_profile(withdrawn, STEWARD, app)
    assert await _city(app, profile) == "astana"


async def _city(app: App, profile: str) -> object:
    person = (await see(profile, "*", app)).person
    golden = golden_values(person.records, await app.settings.catalogue(), await app.settings.sources())
    return golden["city"].best.value


async def test_a_person_made_by_hand_is_the_one_whom_a_linking_fact_names(app: App) -> None:
    profile = await opened(app, contacts=(Contact(PHONE),))
    given = ProfileInput("hcp", {"family_name": "Иванов", "given_name": "Пётр"}, (Contact(PHONE),))

    assert (await create_profile(given, "main", STEWARD, app)).person.id == profile


async def test_the_same_base_source_or_attribute_again_is_the_same_and_another_is_refused(app: App) -> None:
    await create_base(Base("main", "Main clinic"), app)
    await create_source(REGISTRY, "*", app)
    await create_attribute(DIAGNOSIS, app)
    await create_attribute(DIAGNOSIS, app)

    with pytest.raises(BaseTaken):
        await create_base(Base("main", "Another"), app)
    with pytest.raises(SourceTaken):
        await create_source(replace(CONGRESS, priority=7), "*", app)
    with pytest.raises(AttributeTaken):
        await create_attribute(replace(DIAGNOSIS, title="Other"), app)
    with pytest.raises(BaseUnknown):
        await create_source(replace(CONGRESS, key="mine", base="main"), "partner", app)
