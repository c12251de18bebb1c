"""Everything but the bus is lost at once and put back as one chain, as docs/admin/backup.md says.

It comes last: what was done after the backup is gone for good.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.backup.sets import opened
from deploy.local.screen import say
from deploy.local.story.letter import SUBJECT, make_campaign, write_letter
from deploy.local.story.telling import Telling
from deploy.local.table import SERVICES
from tests.faults.house import House
from tests.faults.working import campaign_of, found, goes_on, peopled, subscribers, work
from tests.outages import FULL
from tests.visitors import Visitors

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not FULL, reason="a loss and its restore are rehearsed at full length: make faults"),
]


def test_what_was_lost_comes_back_as_it_was_and_nobody_is_written_to_again(
    house: House, story: Telling, tmp_path: Path
) -> None:
    peopled(story)
    segment = subscribers(story)
    if not story.template:
        write_letter(story)
    letters = _begin_slowly(house, story, segment)
    visitors = Visitors(story.addresses)
    visitors.begin()
    goes_on(house, [visitors])
    before = set(visitors.made)

    # Beside people who register and a campaign that sends.
    data, keys, warehouse = (tmp_path / name for name in ("data", "keys", "warehouse"))
    house.command("profile", "chassis.backup", "dump", str(data))
    house.command("profile", "chassis.backup", "dump", "--keys", str(keys))
    house.command("report", "services.report", "backup", str(warehouse))
    goes_on(house, [visitors])
    visitors.end(90)
    assert not visitors.wrong
    story.mailbox.clear_rules()
    house.until(lambda: campaign_of(story)["state"] == "done", 240, "the campaign is done", saw=house.stands)
    sent = letters()
    house.until(lambda: not house.behind(), 60, "every fact is taken", saw=house.stands)

    with house.at_rest():
        house.lose_everything()
        house.command("profile", "chassis.backup", "restore", _newest(data), "--keys", _newest(keys))
        house.command("report", "services.report", "restore", _newest(warehouse))
        house.command("report", "services.report", "replay")
        _counts_hold(house, Path(_newest(data)))
        for service in SERVICES:
            house.command(service, f"services.{service}", "migrate")
        paused = house.command("campaign", "services.campaign", "pause")
        house.command("channel", "services.channel", "pause")
    assert f"{story.campaign}: paused" in paused
    say("faults", house.command("segment", "services.segment", "rebuild").splitlines()[-1])
    house.command("report", "services.report", "follow")

    house.index_equals_base()
    seen = found(story, visitors)
    assert before <= seen.keys() < set(visitors.made), "those of before the backup are there, later ones are not"
    assert max(seen.values()) == 1
    assert house.collection("profile", "view_people").count_documents({"_id": {"$in": visitors.made}}) == len(seen)
    _nothing_goes_out(house, story)
    assert letters() == sent, "nobody is written to again"
    with work(house, story, "after the restore"):
        pass


def _begin_slowly(house: House, story: Telling, segment: str) -> Callable[[], Counter[str]]:
    """Begin a campaign whose letters leave one after the other; give the count of its letters by address."""
    story.mailbox.clear_rules()
    story.mailbox.add_rules({"match": "*", "action": "slow", "seconds": 2.0})
    known = len(story.mailbox.letters(text=SUBJECT))
    story.campaign = make_campaign(story, f"{SUBJECT}: перед потерей", segment)
    story.marketing.post(f"/v1/campaigns/{story.campaign}:launch")

    def letters() -> Counter[str]:
        return Counter(letter["recipients"][0] for letter in story.mailbox.letters(text=SUBJECT)[known:])

    house.until(letters, 60, "letters leave", saw=house.stands)
    return letters


def _counts_hold(house: House, place: Path) -> None:
    """Every collection holds what the backup has, and the campaign is as it was: some letters had not left."""
    manifest = opened(place / "data")
    for name, count in manifest.documents.items():
        service, _, collection = name.partition("/")
        assert house.collection(service, collection).count_documents({}) == count, name
    messages = house.collection("channel", "messages")
    assert messages.count_documents({"state": {"$ne": "done"}}) > 0
    say("faults", f"{sum(manifest.documents.values())} documents are as they were at the backup")


def _nothing_goes_out(house: House, story: Telling) -> None:
    """What was on its way at the backup is held, and cancelled once the operator stops the campaign."""
    assert campaign_of(story)["state"] == "paused"
    messages = house.collection("channel", "messages")

    def left(*states: str) -> int:
        return messages.count_documents({"campaign": story.campaign, "state": {"$nin": list(states)}})

    house.until(lambda: not left("done", "held"), 90, "what had not left is held", saw=house.stands)
    story.marketing.post(f"/v1/campaigns/{story.campaign}:stop")
    house.until(lambda: not left("done"), 90, "every message has its end", saw=house.stands)
    outcomes = Counter(each["outcome"] for each in messages.find({"campaign": story.campaign}))
    say("faults", f"the campaign of the backup, stopped: {dict(outcomes)}")


def _newest(place: Path) -> str:
    """Name the newest backup of a folder."""
    return str(max(place.iterdir()))
