"""The steward's queue: what waits, what is decided, and that it does not come back."""

import pytest
from pymongo import DESCENDING

from chassis.kernel import Problem, new_id
from services.profile.adapters.match_cases import HUMAN
from services.profile.app import App
from services.profile.commands.change import Request
from services.profile.commands.matching import accept_match, get_match, list_matches, reject_match
from services.profile.commands.profiles import merge_profiles
from services.profile.commands.records import StagedDraft, put_records
from services.profile.domain.matching import MatchState
from services.profile.domain.record import Contact, ContactPoint
from services.profile.ports import Meta
from services.profile.queries import get_profile
from tests.integration.profile.conftest import Ground
from tests.unit.profile.people_samples import MAIL, REGISTRY, a_draft

STEWARD = Request("steward", "*", "", b"")


async def two_with_one_mail(app: App) -> list[str]:
    """Give two people of one confirmed address and two personnel numbers."""
    drafts = [a_draft(REGISTRY, key, contacts=(Contact(MAIL),), external_ids=(key,)) for key in ("k1", "k2")]
    results = await put_records([StagedDraft(each, each.key) for each in drafts], app, Meta("import"))
    return [str(result.profile) for result in results]


async def queue(app: App, state: MatchState = MatchState.OPEN) -> list[str]:
    shown, going_on, total = await list_matches(state, "*", None, 20, app)
    assert (going_on, total) == (None, len(shown))
    return [each.case.id for each in shown]


async def test_two_strong_ids_on_one_address_wait_for_a_steward_with_what_is_equal(app: App) -> None:
    people = await two_with_one_mail(app)
    [case] = await queue(app)

    shown = await get_match(case, "*", app)

    assert (shown.case.reason, shown.case.key_kind) == ("two-strong-ids", "email")
    assert {each.seen.person.id for each in shown.people} == set(people)
    assert await list_matches(MatchState.OPEN, "main", None, 20, app) == ([], None, 0)
    with pytest.raises(Problem) as refused:
        await get_match(case, "main", app)
    assert refused.value.reason == "MATCH_UNKNOWN"


async def test_accepted_they_are_one_person_and_the_case_is_closed(app: App) -> None:
    first, second = await two_with_one_mail(app)
    [case] = await queue(app)

    with pytest.raises(Problem) as unfit:
        await accept_match(case, new_id(), STEWARD, app)
    done = await accept_match(case, second, STEWARD, app)
    again = await accept_match(case, first, STEWARD, app)

    assert unfit.value.reason == "MERGE_UNFIT"
    assert (done.case.state, done.case.decided_by, len(done.people)) == (MatchState.ACCEPTED, "steward", 1)
    assert again.case == done.case
    assert (await get_profile(first, "*", app)).seen.person.id == second
    assert (await queue(app), await queue(app, MatchState.ACCEPTED)) == ([], [case])
    with pytest.raises(Problem) as decided:
        await reject_match(case, STEWARD, app)
    assert decided.value.reason == "MATCH_DECIDED"


async def test_rejected_they_stay_apart_and_the_case_never_comes_back(app: App) -> None:
    people = await two_with_one_mail(app)
    [case] = await queue(app)

    await reject_match(case, STEWARD, app)
    await reject_match(case, STEWARD, app)
    for key in ("k1", "k2"):
        moved = a_draft(REGISTRY, key, contacts=(Contact(MAIL),), external_ids=("same",), attributes={"city": "oral"})
        await put_records([StagedDraft(moved, key)], app, Meta("import"))

    assert {(await get_profile(each, "*", app)).seen.person.id for each in people} == set(people)
    assert (await queue(app), await queue(app, MatchState.REJECTED)) == ([], [case])


async def test_a_case_that_resolved_by_itself_leaves_the_queue(app: App) -> None:
    first, second = await two_with_one_mail(app)
    [case] = await queue(app)

    await merge_profiles(first, second, STEWARD, app)

    assert await queue(app) == []
    assert (await get_match(case, "*", app)).case.state is MatchState.SETTLED


async def test_the_queue_is_read_in_its_order_not_sorted(ground: Ground) -> None:
    cases = ground.engines.database["match_cases"]
    newest = [("found_at", DESCENDING), ("_id", DESCENDING)]
    plan = await cases.find({"state": "open", "reason": {"$ne": HUMAN}}).sort(newest).explain()

    assert "SORT" not in str(plan["queryPlanner"]["winningPlan"])


async def test_a_page_of_the_queue_takes_as_many_reads_as_one_case(ground: Ground) -> None:
    app, database = ground.app, ground.engines.database

    async def reads() -> int:
        await database["system.profile"].drop()
        await database.command("profile", 2)
        try:
            await queue(app)
        finally:
            await database.command("profile", 0)
        return int(await database["system.profile"].count_documents({"op": {"$in": ["query", "command", "getmore"]}}))

    await two_with_one_mail(app)
    one = await reads()
    for number in range(6):
        mail = ContactPoint("email", f"desk{number}@clinic.example")
        keys = [f"{number}-1", f"{number}-2"]
        drafts = [a_draft(REGISTRY, key, contacts=(Contact(mail),), external_ids=(key,)) for key in keys]
        await put_records([StagedDraft(each, each.key) for each in drafts], app, Meta("import"))

    many = await reads()

    assert len(await queue(app)) == 7
    assert many <= one + 2
