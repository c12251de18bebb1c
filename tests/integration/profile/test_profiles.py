"""One person by hand: edits, etags, repeats, faces, merges, consents and erasure, on a real MongoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.kernel import Etag, EtagStale
from chassis.kernel.problem import IdempotencyKeyReused
from services.profile import queries
from services.profile.app import App
from services.profile.commands.change import Request, see
from services.profile.commands.consents import (
    AddressWord,
    GrantConsent,
    RevokeConsent,
    grant_consent,
    hear_of_addresses,
    revoke_consent,
)
from services.profile.commands.erasing import erase_profile
from services.profile.commands.profiles import (
    ProfileInput,
    UpdateProfile,
    archive_profile,
    create_profile,
    merge_profiles,
    restore_profile,
    unmerge_profiles,
    update_profile,
)
from services.profile.commands.records import StagedDraft, put_records
from services.profile.domain.consent import ConsentKey, Evidence, effective
from services.profile.domain.errors import BaseUnknown, ContactUnknown, ProfileAbsorbed, ProfileInvalid, ProfileUnknown
from services.profile.domain.record import Contact, ContactPoint
from services.profile.domain.survivorship import golden_values
from services.profile.ports import Meta
from tests.integration.profile.conftest import Ground
from tests.polling import until
from tests.unit.profile.people_samples import CONGRESS, MAIL, PARTNER, PHONE, REGISTRY, a_draft

STEWARD = Request("steward")
KEY = ConsentKey("main", "marketing", "email", "newsletter", MAIL)


async def opened(app: App, source: object = REGISTRY, key: str = "k1", **changes: object) -> str:
    draft = a_draft(source, key, **changes)  # type: ignore[arg-type]  # a test names only what matters to it
    [result] = await put_records([StagedDraft(draft, "1")], app)
    assert result.profile is not None
    return result.profile


async def shown(app: App, profile: str, attribute: str, workspace: str = "*") -> object:
    seen = await see(profile, workspace, app)
    golden = golden_values(seen.person.records, await app.settings.catalogue(), await app.settings.sources())
    return golden[attribute].best.value if attribute in golden else None


def saying(**attributes: str) -> ProfileInput:
    return ProfileInput("hcp", attributes)


async def edit(
    app: App, profile: str, *, expected: Etag | None = None, request: Request = STEWARD, **values: str
) -> Etag:
    paths = tuple(f"attributes.{key}" for key in values)
    command = UpdateProfile(profile, saying(**values), paths, "main", expected)
    return (await update_profile(command, request, app)).etag


async def test_an_edit_by_hand_wins_and_stays_with_the_person(app: App) -> None:
    profile = await opened(app)
    await edit(app, profile, city="astana")

    assert await shown(app, profile, "city") == "astana"
    assert await opened(app, observed_at=app.clock.now()) == profile
    assert await shown(app, profile, "city") == "astana"
    assert len((await see(profile, "*", app)).person.records) == 2


async def test_two_edits_with_one_etag_are_one_edit_and_one_refusal(app: App) -> None:
    profile = await opened(app)
    etag = (await see(profile, "*", app)).etag
    after = await edit(app, profile, expected=etag, city="astana")
    with pytest.raises(EtagStale):
        await edit(app, profile, expected=etag, city="omsk")

    await edit(app, profile, expected=after, city="omsk")
    assert await shown(app, profile, "city") == "omsk"


async def test_a_repeated_request_answers_and_another_body_is_refused(app: App) -> None:
    request = Request("steward", "*", "key-1", b"body")
    first = await create_profile(saying(family_name="Ким", given_name="Олег"), "main", request, app)
    again = await create_profile(saying(family_name="Ким", given_name="Олег"), "main", request, app)
    assert again.person.id == first.person.id

    with pytest.raises(IdempotencyKeyReused):
        await create_profile(saying(family_name="Ли"), "main", replace(request, body=b"other"), app)


async def test_a_value_that_does_not_fit_names_its_field(app: App) -> None:
    profile = await opened(app)
    with pytest.raises(ProfileInvalid) as refused:
        await edit(app, profile, shoe_size="42")
    assert [each.field for each in refused.value.violations] == ["profile.attributes.shoe_size"]


async def test_an_edit_that_does_not_fit_leaves_the_person_as_it_was(app: App) -> None:
    profile = await opened(app)
    before = await see(profile, "*", app)
    with pytest.raises(ProfileInvalid):
        await edit(app, profile, city="astana", shoe_size="42")
    with pytest.raises(ProfileInvalid):
        await archive_profile(profile, "left", "x" * 51, STEWARD, app)

    assert await see(profile, "*", app) == before
    assert await shown(app, profile, "city") == "almaty"


async def test_the_fifty_first_character_of_a_comment_is_refused_by_name(app: App) -> None:
    profile = await opened(app)
    with pytest.raises(ProfileInvalid) as refused:
        await archive_profile(profile, "left", "x" * 51, STEWARD, app)
    assert refused.value.violations[0].field == "comment"

    archived = await archive_profile(profile, "left", "x" * 50, STEWARD, app)
    assert archived.person.archived is not None
    assert (await restore_profile(profile, STEWARD, app)).person.archived is None


async def test_a_partner_sees_his_own_values_and_nobody_else(app: App) -> None:
    profile = await opened(app)
    assert (
        await opened(app, PARTNER, attributes={"family_name": "Ivanov", "given_name": "Petr", "city": "omsk"})
        == profile
    )
    stranger = await opened(app, CONGRESS, "k9", contacts=())

    assert await shown(app, profile, "city") == "almaty"
    assert await shown(app, profile, "city", "partner") == "omsk"
    face = await see(profile, "partner", app)
    assert {record.base for record in face.person.records} == {"partner"}
    with pytest.raises(ProfileUnknown):
        await see(stranger, "partner", app)


async def test_a_partner_neither_edits_nor_consents_for_another_base(app: App) -> None:
    profile = await opened(app)
    await opened(app, PARTNER, contacts=(Contact(MAIL),))
    await edit(app, profile, city="omsk")
    partner = Request("operator", "partner")
    with pytest.raises(BaseUnknown):
        await edit(app, profile, request=partner, city="astana")

    evidence = Evidence("web-form", "", "v1", "operator", app.clock.now())
    unseen = replace(KEY, controller="partner", channel="sms", contact=PHONE)
    with pytest.raises(ContactUnknown):
        await grant_consent(GrantConsent(profile, unseen, evidence), partner, app)
    granted = await grant_consent(GrantConsent(profile, replace(KEY, controller="partner"), evidence), partner, app)
    assert [record.base for record in granted.person.records] == ["partner"]


async def test_in_the_whole_installation_an_edit_is_of_the_only_base_or_says_which(app: App) -> None:
    profile = await opened(app, contacts=(Contact(MAIL),))
    changed = await update_profile(UpdateProfile(profile, saying(city="omsk"), ("attributes.city",)), STEWARD, app)
    assert {record.base for record in changed.person.records} == {"main"}

    of_two = await opened(app, REGISTRY, "k2", contacts=(Contact(PHONE),))
    assert of_two == await opened(app, PARTNER, contacts=(Contact(PHONE),))
    silent = UpdateProfile(of_two, saying(city="omsk"), ("attributes.city",))
    with pytest.raises(ProfileInvalid) as refused:
        await update_profile(silent, STEWARD, app)
    assert [(each.field, each.reason) for each in refused.value.violations] == [("base", "REQUIRED")]
    await update_profile(replace(silent, base="partner"), STEWARD, app)
    assert await shown(app, of_two, "city", "partner") == "omsk"
    with pytest.raises(ProfileInvalid):
        await create_profile(saying(city="omsk"), "", STEWARD, app)


async def test_a_merge_is_taken_back_and_stays_so(app: App) -> None:
    one = await opened(app, contacts=(Contact(MAIL),), external_ids=("7",))
    other = await opened(app, REGISTRY, "k2", contacts=(Contact(PHONE),), external_ids=("8",))
    assert one != other

    await merge_profiles(one, other, STEWARD, app)
    assert (await see(other, "*", app)).person.id == one
    with pytest.raises(ProfileAbsorbed):
        await edit(app, other, city="omsk")
    await edit(app, one, city="omsk")

    await opened(app, PARTNER, contacts=(Contact(MAIL),))
    with pytest.raises(ProfileUnknown):  # the partner has no record of the absorbed one
        await unmerge_profiles(one, other, replace(STEWARD, workspace="partner"), app)
    await unmerge_profiles(one, other, STEWARD, app)
    assert (await see(other, "*", app)).person.id == other
    joining = (Contact(MAIL), Contact(PHONE))
    await opened(app, CONGRESS, "k3", contacts=joining)
    assert (await see(other, "*", app)).person.id != (await see(one, "*", app)).person.id


async def test_a_consent_reaches_every_record_and_the_strictest_word_stands(app: App) -> None:
    profile = await opened(app)
    await opened(app, PARTNER)
    evidence = Evidence("paper-form", "7", "v1", "steward", app.clock.now())
    granted = await grant_consent(GrantConsent(profile, KEY, evidence), STEWARD, app)
    assert [len(record.consents) for record in granted.person.records] == [1, 1]

    later = replace(evidence, kind="phone-call", time=evidence.time + timedelta(minutes=1))
    revoked = await revoke_consent(RevokeConsent(profile, KEY, later), STEWARD, app)
    again = await revoke_consent(RevokeConsent(profile, KEY, later), STEWARD, app)

    words = effective((record.consents for record in revoked.person.records), app.clock.now())
    assert words[KEY].status == "revoked"
    assert again.revision == revoked.revision
    strange = replace(KEY, contact=ContactPoint("email", "nobody@example.org"))
    with pytest.raises(ContactUnknown):
        await grant_consent(GrantConsent(profile, strange, evidence), STEWARD, app)


async def test_a_click_on_unsubscribe_reaches_everybody_who_holds_the_address(app: App) -> None:
    first = await opened(app, contacts=(Contact(MAIL),))
    second = await opened(
        app, CONGRESS, "k2", attributes={"family_name": "Ким", "given_name": "Олег"}, contacts=(Contact(MAIL),)
    )
    evidence = Evidence("web-form", "", "v1", "steward", app.clock.now() - timedelta(days=1))
    for profile in (first, second):
        await grant_consent(GrantConsent(profile, KEY, evidence), STEWARD, app)
    word = AddressWord(
        "email", app.digest("email", MAIL.value), app.clock.now(), "letter-1", None, "main", "email", "marketing"
    )

    for _ in range(2):
        await hear_of_addresses([word], app, Meta("channel"))

    for profile in (first, second):
        person = (await see(profile, "*", app)).person
        [changed] = effective((record.consents for record in person.records), app.clock.now()).values()
        assert (changed.status, changed.evidence.reference) == ("revoked", "letter-1")


async def test_the_past_is_shown_as_it_was(app: App) -> None:
    profile = await opened(app)
    before = app.clock.now()
    await until(lambda: app.clock.now() > before)
    await edit(app, profile, city="omsk")

    then = await queries.get_profile(profile, "*", app, before)
    assert len(then.seen.person.records) == 1
    told = await queries.provenance(profile, "*", app)
    assert told[0].event == "record-observed"
    assert told[0].changes["attributes.city"] == (None, "omsk")
    assert [each.event for each in told][-1] == "record-opened"


async def test_an_erased_person_is_nowhere_and_comes_back_as_another(ground: Ground) -> None:
    app = ground.app
    profile = await opened(app)
    other = await opened(app, CONGRESS, "k2", contacts=(Contact(PHONE),))
    assert other == profile
    await archive_profile(profile, "left", "Иванов asked", STEWARD, app)

    await erase_profile(profile, "request", STEWARD, app)
    await erase_profile(profile, "request", STEWARD, app)

    app.keyring.forget()
    assert (await see(profile, "*", app)).person.records == ()
    names = await ground.engines.database.list_collection_names()
    for name in sorted(set(names) - {"dictionaries"}):
        async for document in ground.engines.database[name].find():
            text = str(document)
            assert "Иванов" not in text, name
            assert MAIL.value not in text, name
            assert app.digest("email", MAIL.value) not in text, name
    keys = ground.engines.mongo.database("keys")["data_keys"]
    assert await keys.count_documents({}) == 0
    again = await opened(app)
    assert again != profile
