"""People at work while the installation under them changes, and what must hold when the work is done."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from deploy.local.screen import say
from deploy.local.story.letter import SUBJECT, make_campaign, write_letter
from deploy.local.story.load import import_files
from deploy.local.story.results import compare_report
from deploy.local.story.telling import Telling
from services.channel.adapters.smtp.provider import AHEAD
from services.channel.config import Settings
from tests.faults.house import House
from tests.visitors import Visitors

_MAKERS = 3
_CONNECTIONS: Any = next(field.default for field in fields(Settings) if field.name == "smtp_connections")
LETTERS_OPEN: int = (2 + AHEAD) * _CONNECTIONS
"""Letters of one worker that are on their way at a time: two per connection, and those marked ahead of their turn."""


@contextmanager
def work(house: House, story: Telling, what: str, *, unconfirmed: int = 0) -> Iterator[Sequence[Visitors]]:
    """Have people made and a campaign sent for the length of a block; at the end see that all is there, once.

    `unconfirmed` is how many letters may have no known end at most: none, unless something is ended by force.
    """
    peopled(story)
    segment = subscribers(story)
    if not story.template:
        write_letter(story)
    story.mailbox.clear_rules()
    story.mailbox.add_rules({"match": "*", "action": "slow", "seconds": 1.0})
    known = len(story.mailbox.letters(text=SUBJECT))
    story.campaign = make_campaign(story, f"{SUBJECT}: {what}", segment)
    crowd = [Visitors(story.addresses) for _ in range(_MAKERS)]
    for visitors in crowd:
        visitors.begin()
    story.marketing.post(f"/v1/campaigns/{story.campaign}:launch")
    try:
        goes_on(house, crowd)
        yield crowd
        goes_on(house, crowd)
    finally:
        for visitors in crowd:
            visitors.end(90)
    story.mailbox.clear_rules()
    house.until(lambda: campaign_of(story)["state"] == "done", 240, "the campaign is done")
    _letters_hold(story, story.mailbox.letters(text=SUBJECT)[known:], what, unconfirmed)
    _people_hold(house, story, crowd, what)
    story.told["did"] = {"register": 0}
    compare_report(story)
    assert house.dead_letters() == 0


def goes_on(house: House, crowd: Sequence[Visitors]) -> None:
    """Wait until each of the makers has made somebody more."""
    known = [len(each.made) for each in crowd]
    house.until(
        lambda: all(len(each.made) > before for each, before in zip(crowd, known, strict=True)), 90, "people are made"
    )


def peopled(story: Telling) -> None:
    """Import the demo base unless a test before did."""
    if not story.imports:
        import_files(story)


def subscribers(story: Telling) -> str:
    """Make the segment of all whose consent to the letters is granted, and note its members."""
    rule = {"all": [{"consent": {**story.plan["segment"]["consent"], "status": "granted"}}, {"status": "active"}]}
    segment = story.marketing.post("/v1/segments", {"name": "Все с согласием", "kind": "live", "rule": rule})
    story.members = {member["id"] for member in story.marketing.pages(f"/v1/segments/{segment['id']}/members")}
    return str(segment["id"])


def campaign_of(story: Telling) -> dict[str, Any]:
    """Return the campaign as it stands."""
    return dict(story.marketing.get(f"/v1/campaigns/{story.campaign}"))


def _letters_hold(story: Telling, letters: Sequence[dict[str, Any]], what: str, unconfirmed: int) -> None:
    """Every person of the audience has one message, every message one outcome, and no address two letters."""
    progress = campaign_of(story)["progress"]
    messages = list(story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages"))
    assert len({message["profile"] for message in messages}) == len(messages) == progress["audience"] > 0
    outcomes = Counter(message["outcome"] for message in messages)
    assert dict(outcomes) == {name: count for name, count in progress["outcomes"].items() if count}
    addressed = Counter(letter["recipients"][0] for letter in letters)
    assert max(addressed.values()) == 1, f"nobody is written to twice: {addressed.most_common(3)}"
    assert outcomes["unconfirmed"] <= unconfirmed, f"too many without a known end: {dict(outcomes)}"
    assert 0 < outcomes["delivered"] <= len(letters) <= outcomes["delivered"] + outcomes["unconfirmed"]
    say("faults", f"{what}: {len(messages)} messages, {len(letters)} letters, {dict(outcomes)}")


def _people_hold(house: House, story: Telling, crowd: Sequence[Visitors], what: str) -> None:
    """Everybody whose making was answered is found once, nobody else is, and every fact was told."""
    wrong = [each for visitors in crowd for each in visitors.wrong]
    assert not wrong, f"refusals are those that ask to come again: {wrong[:3]}"
    for visitors in crowd:
        assert max(Counter(visitors.made).values()) == 1
        all_found(house, story, visitors)
    house.index_equals_base()
    people = house.collection("profile", "view_people")
    house.until(lambda: not people.count_documents({"unpublished": True}), 60, "every fact is published")
    repeated = sum((each.repeated for each in crowd), Counter[str]())
    say("faults", f"{what}: {sum(len(each.made) for each in crowd)} people were made; repeated: {dict(repeated)}")


def all_found(house: House, story: Telling, visitors: Visitors) -> None:
    """Wait until a search finds each person of a maker's once, and nobody else."""
    made = Counter(visitors.made)

    def saw() -> str:
        seen, known = found(story, visitors), house.collection("profile", "view_people")
        missing, foreign = sorted(made - seen), sorted(seen.keys() - made.keys())
        unseen = known.count_documents({"_id": {"$in": missing}})
        doubled = [profile for profile, count in seen.items() if count > 1]
        return (
            f"{len(missing)} of {len(made)} are missing ({unseen} of them are in the base): {missing[:3]}, "
            f"{len(doubled)} are found twice: {doubled[:3]}, {len(foreign)} others are found: {foreign[:3]}; "
            f"{house.stands()}"
        )

    house.until(lambda: found(story, visitors) == made, 90, "all are found, once", saw=saw)


def found(story: Telling, visitors: Visitors) -> Counter[str]:
    """Count how often each person of a maker's is found."""
    return Counter(person["id"] for person in story.system.pages("/v1/profiles:search", {"text": visitors.family}))
