"""What the reader of a letter chooses about herself: seen, written with proof, on a real MongoDB."""

from datetime import timedelta

import pytest

from services.profile.app import App
from services.profile.commands.change import Request, see
from services.profile.commands.consents import AddressWord, GrantConsent, grant_consent, hear_of_addresses
from services.profile.commands.preferences import Chooser, SetPreferences, see_preferences, set_preferences
from services.profile.commands.profiles import merge_profiles
from services.profile.domain.consent import ConsentChanged, ConsentKey, ConsentStatus, Evidence, effective
from services.profile.domain.identity import IdentityKey
from services.profile.domain.record import Contact
from services.profile.ports import Meta
from tests.integration.profile.test_profiles import opened
from tests.unit.profile.people_samples import CONGRESS, MAIL, PHONE

STEWARD = Request("steward")
NEWS = ConsentKey("main", "marketing", "email", "news", MAIL)
SEMINARS = ConsentKey("main", "marketing", "email", "seminars", MAIL)
CALLS = ConsentKey("main", "marketing", "call", "news", PHONE)
FOREIGN = ConsentKey("partner", "marketing", "email", "news", MAIL)


def reader(app: App, profile: str = "") -> Chooser:
    return Chooser("main", IdentityKey("email", app.digest("email", MAIL.value)), profile)


async def granted(app: App, profile: str, *keys: ConsentKey) -> None:
    evidence = Evidence("paper-form", "7", "v3", "steward", app.clock.now() - timedelta(days=1))
    for key in keys:
        await grant_consent(GrantConsent(profile, key, evidence), STEWARD, app)


async def standing(app: App, profile: str) -> dict[ConsentKey, ConsentChanged]:
    person = (await see(profile, "*", app)).person
    return effective((record.consents for record in person.records), app.clock.now())


async def test_a_topic_is_turned_off_and_on_again_with_proof(app: App) -> None:
    profile = await opened(app, contacts=(Contact(MAIL), Contact(PHONE)))
    await granted(app, profile, NEWS, SEMINARS, CALLS)
    offered = await see_preferences(reader(app, profile), app)
    assert [word.key for word in offered.values()] == [CALLS, NEWS, SEMINARS]
    news = next(choice for choice, word in offered.items() if word.key == NEWS)

    off = SetPreferences(reader(app, profile), [], [news, "gone since"], "letter-1")
    for _ in range(2):
        left = await set_preferences(off, app)

    assert {word.key: word.status for word in left.values()} == {
        CALLS: ConsentStatus.GRANTED, NEWS: ConsentStatus.REVOKED, SEMINARS: ConsentStatus.GRANTED,
    }  # fmt: skip
    revision = (await see(profile, "*", app)).revision
    for _ in range(2):
        back = await set_preferences(SetPreferences(reader(app, profile), [news], [], "letter-2"), app)

    word = back[news]
    assert (word.status, word.evidence.kind, word.evidence.reference, word.evidence.wording, word.evidence.actor) == (
        ConsentStatus.GRANTED, "preference-centre", "letter-2", "v3", "recipient",
    )  # fmt: skip
    assert (await see(profile, "*", app)).revision == revision + 1, "a repeat writes nothing"


async def test_nobody_gives_what_was_never_asked_nor_another_controllers(app: App) -> None:
    profile = await opened(app, contacts=(Contact(MAIL),))
    await granted(app, profile, NEWS)
    evidence = Evidence("paper-form", "8", "v1", "steward", app.clock.now())
    await grant_consent(GrantConsent(profile, FOREIGN, evidence), STEWARD, app)

    offered = await see_preferences(reader(app, profile), app)

    assert [word.key for word in offered.values()] == [NEWS]
    stranger = Chooser("main", IdentityKey("email", app.digest("email", "nobody@example.org")), profile)
    assert await see_preferences(stranger, app) == {}


async def test_a_familys_address_opens_only_itself_and_is_withdrawn_for_all(app: App) -> None:
    one = await opened(app, contacts=(Contact(MAIL), Contact(PHONE)))
    other = await opened(
        app, CONGRESS, "k2", attributes={"family_name": "Ким", "given_name": "Олег"}, contacts=(Contact(MAIL),)
    )
    await granted(app, one, NEWS, CALLS)
    await granted(app, other, NEWS)
    assert await see_preferences(reader(app), app) == {}, "nobody knows who of the two reads"
    offered = await see_preferences(reader(app, one), app)
    assert [word.key for word in offered.values()] == [NEWS]

    await set_preferences(SetPreferences(reader(app, one), [], list(offered), "letter-1"), app)
    assert (await standing(app, one))[NEWS].status == (await standing(app, other))[NEWS].status == "revoked"
    await set_preferences(SetPreferences(reader(app, one), list(offered), [], "letter-1"), app)

    assert (await standing(app, one))[NEWS].status == "granted"
    assert (await standing(app, other))[NEWS].status == "revoked", "a consent is given by its own person alone"


async def test_who_was_absorbed_chooses_as_the_survivor(app: App) -> None:
    kept = await opened(app, contacts=(Contact(MAIL),))
    gone = await opened(app, CONGRESS, "k2", contacts=(Contact(PHONE),))
    await granted(app, kept, NEWS)
    await merge_profiles(kept, gone, STEWARD, app)

    assert [word.key for word in (await see_preferences(reader(app, gone), app)).values()] == [NEWS]


@pytest.mark.parametrize("minutes", [-1, 1])
async def test_a_withdrawal_heard_late_does_not_end_what_was_given_since(app: App, minutes: int) -> None:
    profile = await opened(app, contacts=(Contact(MAIL),))
    await granted(app, profile, NEWS)
    (news,) = await see_preferences(reader(app, profile), app)
    await set_preferences(SetPreferences(reader(app, profile), [], [news], "letter-1"), app)
    await set_preferences(SetPreferences(reader(app, profile), [news], [], "letter-1"), app)
    time = app.clock.now() + timedelta(minutes=minutes)
    digest = app.digest("email", MAIL.value)

    await hear_of_addresses(
        [AddressWord("email", digest, time, "letter-1", None, "main", "email", "marketing")], app, Meta("channel")
    )

    assert (await standing(app, profile))[NEWS].status == ("granted" if minutes < 0 else "revoked")


async def test_a_grant_dated_in_the_future_outlasts_no_withdrawal(app: App) -> None:
    profile = await opened(app, contacts=(Contact(MAIL),))
    now = app.clock.now()
    # A process that recorded it was five minutes ahead.
    ahead = Evidence("paper-form", "8", "v1", "steward", now + timedelta(minutes=5))
    await grant_consent(GrantConsent(profile, NEWS, ahead), STEWARD, app)
    digest = app.digest("email", MAIL.value)

    await hear_of_addresses(
        [AddressWord("email", digest, now, "letter-1", None, "main", "email", "marketing")], app, Meta("channel")
    )

    assert (await standing(app, profile))[NEWS].status == "revoked"
