"""What channel does when something happens elsewhere: requests arrive, campaigns change their state, people go.

Promise: every reaction may run again for the same fact and changes nothing the second time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.kernel import Clock
from services.channel import dispatch
from services.channel.dispatch import Dispatcher, Ready
from services.channel.domain.errors import ProviderUnavailable
from services.channel.domain.gates import EVERYWHERE, Admission, Held, Passed, Person, decide
from services.channel.domain.letter import LetterData
from services.channel.domain.message import Finish, Message, Outcome, Retry
from services.channel.domain.variables import dictionaries_of, in_words
from services.channel.ports import (
    CampaignBook,
    Letter,
    Letters,
    LetterVault,
    Messages,
    People,
    SuppressionList,
    Terms,
)

PEOPLE_AT_ONCE = 500
_ERASED = Finish(Outcome.ARCHIVED, "person-erased")
LATER = Retry(5.0, counted=False)
_NO_LETTER = Finish(Outcome.INVALID, "letter-missing")


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the gates and the way out need."""

    messages: Messages
    suppressions: SuppressionList
    campaigns: CampaignBook
    vault: LetterVault
    people: People
    terms: Terms
    letters: Letters
    dispatcher: Dispatcher
    clock: Clock


@dataclass(slots=True)
class _Judged:
    """Messages after their gates, with what the passed ones need to be sent."""

    admissions: list[Admission]
    ready: dict[str, tuple[Letter, LetterData]]


async def on_messages_requested(messages: Sequence[Message], desk: Desk) -> None:
    """Run the gates, write each message once, and send those that passed.

    Raises:
        ProviderUnavailable: nothing is taken while letters cannot leave, or leave slower than they come.
        Problem: a peer or the store is away; the batch comes again.
    """
    if not desk.dispatcher.available:
        raise ProviderUnavailable
    until = asyncio.get_running_loop().time() + dispatch.ROOM_SECONDS
    for start in range(0, len(messages), PEOPLE_AT_ONCE):
        if not await desk.dispatcher.has_room(until):
            raise ProviderUnavailable
        judged = await _judge(messages[start : start + PEOPLE_AT_ONCE], desk)
        ours = await desk.messages.admit(judged.admissions, desk.dispatcher.known)
        desk.dispatcher.send(_ready(ours, judged, desk))


async def take_due(desk: Desk, limit: int) -> int:
    """Run all gates again for messages whose time has come; gives how many there were.

    Raises:
        Problem: a peer or the store is away; what was claimed waits a little more.
    """
    claimed = await desk.messages.claim_due(limit)
    try:
        await _pass_again(claimed, desk)
    except BaseException:
        await desk.messages.retry([(message, LATER) for message in claimed])
        raise
    return len(claimed)


async def _pass_again(claimed: Sequence[Message], desk: Desk) -> None:
    if not claimed:
        return
    judged = await _judge(claimed, desk)
    passed = [admission for admission in judged.admissions if admission.stopped is None]
    before = {message.id: message for message in claimed}
    same = [item.message for item in passed if _keeps_keys(before[item.message.id], item.message)]
    kept = {message.id for message in same}
    ours = same + await desk.messages.take_keys([item for item in passed if item.message.id not in kept])
    stopped = [(item.message, item.stopped) for item in judged.admissions if isinstance(item.stopped, Finish)]
    await desk.messages.finish_claimed(stopped)
    await desk.messages.hold(
        [(item.message, item.stopped) for item in judged.admissions if isinstance(item.stopped, Held)]
    )
    desk.dispatcher.send(_ready(ours, judged, desk))


def _keeps_keys(before: Message, now: Message) -> bool:
    return before.keyed and before.person == now.person and before.address_hmac == now.address_hmac


def _ready(ours: Sequence[Message], judged: _Judged, desk: Desk) -> list[Ready]:
    known = desk.dispatcher.known
    return [
        Ready(message, *judged.ready[message.id])
        for message in ours
        if message.id in judged.ready and message.id not in known
    ]


async def _judge(messages: Sequence[Message], desk: Desk) -> _Judged:
    people = await _people(messages, desk)
    orders = {message.order for message in messages}
    states = await desk.campaigns.of(order.campaign for order in orders)
    suppressed = await desk.suppressions.among(
        {EVERYWHERE, *(order.controller for order in orders)},
        (contact.hmac for person in people.values() for contact in person.contacts),
    )
    letters = {
        (order.template, order.template_version): await desk.letters.get(order.template, order.template_version)
        for order in orders
    }
    words = {
        key: await desk.terms.words(dictionaries_of(letter.variables), letter.language)
        for key, letter in letters.items()
        if letter is not None
    }
    now = desk.clock.now()
    judged = _Judged([], {})
    for message in messages:
        order = message.order
        person = people.get((order.workspace, message.profile))
        verdict = decide(message, states.get(order.campaign, ""), person, suppressed, now)
        if person is not None:
            message = replace(message, person=person.id)
        key = order.template, order.template_version
        letter = letters[key]
        if isinstance(verdict, Passed) and person is not None and letter is not None:
            contact = verdict.contact
            message = replace(message, channel="email", record=contact.record, address_hmac=contact.hmac)
            used = {name: person.values[name] for name in letter.variables if name in person.values}
            judged.ready[message.id] = letter, LetterData(contact.value, in_words(used, words[key]))
            judged.admissions.append(Admission(message))
        else:
            judged.admissions.append(Admission(message, _NO_LETTER if isinstance(verdict, Passed) else verdict))
    await _seal(judged, desk)
    return judged


async def _people(messages: Sequence[Message], desk: Desk) -> Mapping[tuple[str, str], Person]:
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for message in messages:
        wanted[message.order.workspace][message.profile] = None
    people: dict[tuple[str, str], Person] = {}
    for workspace, profiles in wanted.items():
        ids = list(profiles)
        for start in range(0, len(ids), PEOPLE_AT_ONCE):
            found = await desk.people.get(workspace, ids[start : start + PEOPLE_AT_ONCE])
            people |= {(workspace, profile): person for profile, person in found.items()}
    return people


async def _seal(judged: _Judged, desk: Desk) -> None:
    """Seal what the letters will say; somebody whose key is destroyed was erased meanwhile."""
    passed = [item.message for item in judged.admissions if item.stopped is None]
    sealed = await desk.vault.seal([(message.person, message.id, judged.ready[message.id][1]) for message in passed])
    for index, item in enumerate(judged.admissions):
        if item.stopped is not None:
            continue
        if item.message.id in sealed:
            judged.admissions[index] = replace(item, sealed=sealed[item.message.id])
        else:
            judged.admissions[index] = replace(item, stopped=_ERASED)


async def on_campaign_state_changed(campaign: str, state: str, revision: int, desk: Desk) -> None:
    """Keep what a campaign was told and let its waiting messages see it at once."""
    if await desk.campaigns.put(campaign, state, revision) and state in {"sending", "stopped"}:
        await desk.messages.wake(campaign)


async def on_profiles_erased(profiles: Sequence[str], desk: Desk) -> None:
    """Destroy the keys of what letters said to these people; suppression stays."""
    await desk.vault.destroy(profiles)
