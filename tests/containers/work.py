"""People at work while containers fail, and what must hold when the work is done: nothing lost, nothing doubled."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from deploy.local.screen import say
from deploy.local.story.api import Api, StoryError, system_grant
from deploy.local.story.letter import SUBJECT, make_campaign
from deploy.local.story.results import compare_report
from deploy.local.story.telling import Telling
from tests.containers.part import until
from tests.containers.services import NAMESPACE
from tests.containers.system import System

# What an answer may be while something is away: come again, nothing was done or it is remembered by its key.
_AGAIN = ("answered 429", "answered 502", "answered 503", "answered 504")
_SETTLED_SECONDS = 240
# Per connection of channel: two letters, those marked ahead, and outcomes not yet written.
_UNCONFIRMED = 40


class Visitors:
    """Somebody who goes on making people by the API, each call repeated with its key until it is answered for good."""

    def __init__(self, system: System) -> None:
        told = system.addresses.told()
        self._api = Api(told["gateway"], told["issuer"], system_grant(told), "*")
        self.family = "Ожидаев" + "".join(random.choices("бвгдклмнпрст", k=6))
        self.made: list[str] = []
        self.wrong: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._visit, name="visitors")

    def begin(self) -> None:
        """Start making people."""
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Stop once the call in hand is answered for good."""
        self._over.set()
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the call in hand is answered within {seconds:.0f} s"

    def _visit(self) -> None:
        while not self._over.is_set():
            person = {"kind": "hcp", "base": "main", "attributes": {"family_name": {"text": self.family}}}
            self.made.append(self._until_answered(person, str(uuid.uuid4())))
            self._over.wait(0.2)

    def _until_answered(self, person: dict[str, Any], key: str) -> str:
        while True:
            try:
                return str(self._api.post("/v1/profiles", person, key=key)["id"])
            except httpx.HTTPError:
                pass
            except StoryError as refusal:
                if not any(known in str(refusal) for known in _AGAIN):
                    self.wrong.append(str(refusal))
            time.sleep(0.5)


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
    visitors = Visitors(system)
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
