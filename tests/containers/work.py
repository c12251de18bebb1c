"""People at work while containers fail, and what must hold when the work is done: nothing lost, nothing doubled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy.local.screen import say
from deploy.local.story.letter import SUBJECT, make_campaign
from deploy.local.story.results import compare_report
from deploy.local.story.telling import Telling
from tests.containers.part import until
from tests.containers.services import NAMESPACE
from tests.containers.system import System
from tests.visitors import Visitors

_SETTLED_SECONDS = 240
# Per connection of channel: two letters, those marked ahead, and outcomes not yet written.
_UNCONFIRMED = 40


@contextmanager
def work(system: System, story: Telling, what: str, *, letter_seconds: float = 0.0) -> Iterator[Visitors]:
    """Have people made and a campaign sent for the length of a block; at the end see that all is there, once.

    `letter_seconds` is what the mailbox takes for a letter, so that the campaign lasts as long as the faults.
    """
    story.mailbox.clear_rules()
    if letter_seconds:
        story.mailbox.add_rules({"match": "*", "action": "slow", "seconds": letter_seconds})
    known = len(story.mailbox.letters(text=SUBJECT))
    story.campaign = make_campaign(story, f"{SUBJECT}: {what}", _subscribers(story))
    story.marketing.post(f"/v1/campaigns/{story.campaign}:launch")
    visitors = Visitors(system.addresses.told())
    visitors.begin()
    try:
        yield visitors
    finally:
        visitors.end(120)
    story.mailbox.clear_rules()
    system.wait()
    until(lambda: _campaign(story)["state"] == "done", _SETTLED_SECONDS, lambda: f"done: {_campaign(story)}")
    letters = story.mailbox.letters(text=SUBJECT)[known:]
    _letters_hold(story, letters, what)
    _people_hold(story, visitors)
    story.told["did"] = {"register": 0}
    compare_report(story)
    assert system.nats.messages(f"{NAMESPACE}_dead".upper()) == 0, "nothing was given up"


def _letters_hold(story: Telling, letters: list[dict[str, Any]], what: str) -> None:
    """Every person of the audience has one message, every message one outcome, and no address two letters."""
    progress = _campaign(story)["progress"]
    messages = list(story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages"))
    assert len({message["profile"] for message in messages}) == len(messages) == progress["audience"] > 0
    outcomes = Counter(message["outcome"] for message in messages)
    assert dict(outcomes) == {name: count for name, count in progress["outcomes"].items() if count}
    addressed = Counter(letter["recipients"][0] for letter in letters)
    assert all(count == 1 for count in addressed.values()), f"nobody is written to twice: {addressed.most_common(3)}"
    unconfirmed = outcomes["unconfirmed"]
    assert outcomes["delivered"] <= len(letters) <= outcomes["delivered"] + unconfirmed
    assert outcomes["delivered"] > 0
    assert unconfirmed <= _UNCONFIRMED
    say("containers", f"{what}: {len(messages)} messages, {len(letters)} letters, {dict(outcomes)}")


def _people_hold(story: Telling, visitors: Visitors) -> None:
    """Everybody whose making was answered is found, and nobody else."""
    assert not visitors.wrong, f"refusals are those that ask to come again: {visitors.wrong[:3]}"
    assert visitors.made, "people were made meanwhile"
    assert len(set(visitors.made)) == len(visitors.made), "each call made a person of its own"

    def found() -> set[str]:
        return {person["id"] for person in story.system.pages("/v1/profiles:search", {"text": visitors.family})}

    until(lambda: found() == set(visitors.made), 90, lambda: f"{len(found())} found of {len(visitors.made)} made")
    say("containers", f"{len(visitors.made)} people were made meanwhile, and all are found")


def _subscribers(story: Telling) -> str:
    """Make the segment of all whose consent to the letters is granted."""
    rule = {"all": [{"consent": {**story.plan["segment"]["consent"], "status": "granted"}}, {"status": "active"}]}
    segment = story.marketing.post("/v1/segments", {"name": "Все с согласием", "kind": "live", "rule": rule})
    return str(segment["id"])


def _campaign(story: Telling) -> dict[str, Any]:
    return dict(story.marketing.get(f"/v1/campaigns/{story.campaign}"))
