"""What is left of one day's work when processes and engines of the whole system die or freeze in the middle of it."""

import time
from collections import Counter
from typing import Any

import pytest

from deploy.local.screen import say
from deploy.local.story.letter import SUBJECT, make_campaign, write_letter
from deploy.local.story.load import compare_with_truth, import_files
from deploy.local.story.results import compare_report
from deploy.local.story.telling import Telling
from tests.faults.house import House
from tests.faults.working import LETTERS_OPEN, campaign_of, peopled, subscribers
from tests.outages import FULL, lasting

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

OUTAGE = lasting(1.0, 20.0)
SEARCH_OUTAGE = lasting(8.0, 120.0)
# Longer than the lease of a lane (15 s) and of an operation (20 s).
FROZEN = lasting(22.0, 45.0)
IN_WRITING = 32  # outcomes of the last ten milliseconds


def test_an_import_whose_worker_dies_and_freezes_makes_the_same_people(house: House, story: Telling) -> None:
    def faults() -> None:
        in_the_middle_of_a_commit(house, "registry")
        house.kill("profile", OUTAGE)
        with house.second_worker("profile"):
            in_the_middle_of_a_commit(house, "newsletter")
            with house.frozen(house.system.part("profile").process.pid):
                time.sleep(FROZEN)
            house.until(lambda: state_of(house, "newsletter") == "committed", 120, "the newsletter is committed")

    # Each file's own check: every row ends in one person or is refused with its reason.
    house.meanwhile(lambda: import_files(story), faults, 400)

    compare_with_truth(story)
    assert story.told["precision"] == 1.0
    assert story.told["recall"] >= 0.95
    faces = house.index_equals_base()
    people, found = counted(story)
    assert people == found == story.told["profiles"]
    assert house.dead_letters() == 0
    say("faults", f"{people} people with {faces} faces, in the base and in the index alike")


def test_a_campaign_outlives_the_death_of_everything_that_carries_it(house: House, story: Telling) -> None:
    peopled(story)
    story.mailbox.clear_rules()
    story.mailbox.add_rules({"match": "*", "action": "slow", "seconds": 2.0})
    segment = subscribers(story)
    write_letter(story)
    story.campaign = make_campaign(story, f"{SUBJECT}: под нагрузкой", segment)
    before = len(story.mailbox.letters(text=SUBJECT))

    def letters() -> list[dict[str, Any]]:
        return story.mailbox.letters(text=SUBJECT)[before:]

    story.marketing.post(f"/v1/campaigns/{story.campaign}:launch")
    house.kill("campaign", OUTAGE)
    for victim in ("campaign", "channel", "nats", "mongodb"):
        seen = len(letters())
        house.until(lambda seen=seen: len(letters()) >= seen + 8, 120, f"letters leave before {victim} dies")  # type: ignore[misc]  # a default argument holds the present count
        house.kill(victim, OUTAGE)
    story.mailbox.clear_rules()
    house.until(lambda: campaign_of(story)["state"] == "done", 240, "the campaign is done")

    progress = campaign_of(story)["progress"]
    messages = list(story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages"))
    outcomes = Counter(message["outcome"] for message in messages)
    assert len({message["profile"] for message in messages}) == len(messages) == progress["audience"]
    assert set(outcomes) <= {"delivered", "unconfirmed"}
    assert dict(outcomes) == {name: count for name, count in progress["outcomes"].items() if count}
    recipients = Counter(letter["recipients"][0] for letter in letters())
    assert max(recipients.values()) == 1
    assert outcomes["delivered"] <= len(recipients) <= len(messages)
    # channel and mongod died once each: two letters per connection, those marked ahead, outcomes not yet written.
    bound = 2 * (LETTERS_OPEN + IN_WRITING)
    say("faults", f"{len(messages)} messages: {dict(outcomes)}; unconfirmed is bound to {bound}")
    assert outcomes["unconfirmed"] <= bound
    story.told["did"] = {"register": 0}
    compare_report(story)
    assert house.dead_letters() == 0


@pytest.mark.parametrize("how", ["frozen", "dead"] if FULL else ["frozen"])
def test_while_search_is_away_people_change_and_nothing_is_lost(how: str, house: House, story: Telling) -> None:
    house.until(lambda: all(house.readiness("segment").values()), 60, "segment is ready")
    known = house.index_equals_base()

    with house.frozen(house.system.part("opensearch").process.pid) if how == "frozen" else house.dead("opensearch"):
        until = time.monotonic() + SEARCH_OUTAGE
        change_people(story)
        house.until(lambda: house.readiness("segment")["opensearch"] is False, 30, "segment says what it misses")
        time.sleep(max(0.0, until - time.monotonic()))
        assert house.dead_letters() == 0

    faces = house.index_equals_base(120)
    assert faces > known
    house.until(lambda: all(house.readiness("segment").values()), 60, "segment is ready again")
    assert house.dead_letters() == 0
    people, found = counted(story)
    assert people == found
    say("faults", f"{how} for {SEARCH_OUTAGE:.0f} s: {faces} faces, in the base and in the index alike")


def in_the_middle_of_a_commit(house: House, source: str) -> None:
    """Wait until some records of a source's import are committed and it is not done."""
    commits = house.collection("profile", "commits")
    house.until(lambda: state_of(house, source) == "committing", 120, f"{source} is being committed", every=0.002)
    before = commits.estimated_document_count()
    house.until(lambda: commits.estimated_document_count() > before, 30, f"{source} has commits", every=0.002)
    assert state_of(house, source) == "committing"


def state_of(house: House, source: str) -> str:
    """Return the state of a source's import, empty when there is none yet."""
    found = house.collection("profile", "imports").find_one({"source": source}, sort=[("_id", -1)])
    return str(found["state"]) if found else ""


def counted(story: Telling) -> tuple[int, int]:
    """Count whoever is active: as profile lists them, and as segment finds them."""
    listed = story.system.get("/v1/profiles", page_size=1)["total"]
    found = story.system.post("/v1/profiles:search", {"page_size": 1})["total"]
    return int(listed), int(found)


def change_people(story: Telling, count: int = 20) -> None:
    """Create people, change half of them and make one of two others."""
    made = []
    for number in range(count):
        person = {"kind": "hcp", "base": "main", "attributes": {"family_name": {"text": f"Испытателев{number}"}}}
        made.append(story.system.post("/v1/profiles", person))
    for person in made[: count // 2]:
        story.system.post(f"/v1/profiles/{person['id']}:archive", {"reason": "retired"})
    story.system.post(f"/v1/profiles/{made[-1]['id']}:merge", {"other": made[-2]["id"]})
