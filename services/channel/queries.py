"""Questions of screens and recipients: messages, letters as they were or would be, what a link would do.

Promise: nothing here changes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.kernel import Problem, Violation
from services.channel.domain.errors import (
    LetterRefused,
    LinkUnknown,
    MessageScopeMissing,
    MessageUnknown,
    PersonUnknown,
)
from services.channel.domain.letter import LetterContent, LetterData, LetterReport, RenderedLetter, is_missing
from services.channel.domain.message import Counts, LinkCount, Seen
from services.channel.domain.preferences import EVERYWHERE, Choices, Preference, in_force
from services.channel.domain.tracking import UnsubscribeWish
from services.channel.domain.variables import PERSON_VARIABLES, Words, dictionaries_of, in_words
from services.channel.ports import App


async def get_message(message: str, workspace: str, app: App) -> Seen:
    """Give a message of the workspace.

    Raises:
        MessageUnknown: not in the workspace.
    """
    seen = await app.log.get(message, workspace)
    if seen is None:
        raise MessageUnknown(message)
    return seen


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page of messages, newest first."""

    messages: Sequence[Seen]
    next: list[Any] | None
    total: int
    more: bool
    """There are more than `total`."""
    person: str = ""
    """The present id of the one person asked for."""


async def list_messages(
    condition: Mapping[str, Any], profile: str, workspace: str, after: Sequence[Any] | None, size: int, app: App
) -> MessagePage:
    """Give a page of the workspace's messages that fulfil a condition, of one person where `profile` names one.

    What was sent before a merge lies under the absorbed id and is the survivor's now.

    Raises:
        MessageScopeMissing: neither a campaign nor a person bounds the list.
    """
    if not profile and "campaign" not in condition:
        raise MessageScopeMissing
    people = await app.people.ids_of(profile) if profile else ()
    if people:
        condition = {**condition, "person": {"$in": list(people)}}
    found, position = await app.log.page(condition, workspace, after, size)
    total, more = await app.log.total(condition, workspace)
    return MessagePage(found, position, total, more, next(iter(people), ""))


async def count_messages(campaign: str, entry: int, workspace: str, app: App) -> Counts:
    """Count a campaign's messages, all runs when `entry` is 0, and its clicked links with where they lead."""
    counts = await app.log.counts(campaign, entry, workspace)
    versions = {(each.template, each.template_version) for each in counts.links}
    letters = {version: await _links_of(*version, app) for version in versions}
    links = [_addressed(each, letters[each.template, each.template_version]) for each in counts.links]
    return replace(counts, links=links)


async def _links_of(template: str, version: int, app: App) -> Sequence[str]:
    """Give the addresses that are the same for every reader; none while campaign does not answer."""
    try:
        letter = await app.letters.get(template, version)
    except Problem:
        return ()  # the count is what was asked for
    return letter.links if letter else ()


def _addressed(counted: LinkCount, links: Sequence[str]) -> LinkCount:
    return replace(counted, address=links[counted.link]) if counted.link < len(links) else counted


def check_letter(content: LetterContent, app: App) -> LetterReport:
    """Find everything that is wrong with a letter."""
    return app.room.check(content)


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What an unsubscribe link would do, for its page."""

    controller: str
    topic: str
    address: str
    """Empty when it is kept no longer."""
    unsubscribed: bool
    language: str


async def look_at_unsubscribe(token: str, app: App) -> UnsubscribePage:
    """Tell what an unsubscribe link would do; changes nothing.

    Raises:
        LinkUnknown: the token was never made here.
    """
    wish = app.tokens.read_unsubscribe(token)
    seen = await app.log.get(wish.message)
    data = await data_of(seen, app) if seen else None
    suppressed = await app.suppressions.among([wish.controller], [wish.contact_hmac])
    return UnsubscribePage(
        controller=await _title(wish, seen, app),
        topic=seen.message.order.topic if seen else "",
        address=data.address if data else "",
        unsubscribed=bool(suppressed),
        language=await language_of(seen, app),
    )


async def _title(wish: UnsubscribeWish, seen: Seen | None, app: App) -> str:
    """Give the controller's name, its key while profile does not answer: leaving waits for nobody."""
    if wish.is_test:
        return wish.controller
    try:
        return (await app.preferences.look(wish, person_of(seen))).controller_title or wish.controller
    except Problem:
        return wish.controller


@dataclass(frozen=True, slots=True)
class PreferencePage:
    """What the reader of a letter may choose about, for its page."""

    controller: str
    address: str
    """Empty when it is kept no longer."""
    language: str
    unsubscribed: bool
    preferences: Sequence[Preference]
    words: Words
    """How purposes and topics are called in the letter's language."""


async def look_at_preferences(token: str, app: App) -> PreferencePage:
    """Tell what a letter's reader may choose; changes nothing. A test letter's reader may choose nothing.

    Raises:
        LinkUnknown: the token was never made here.
    """
    wish = app.tokens.read_unsubscribe(token)
    seen = await app.log.get(wish.message)
    choices = Choices("", ()) if wish.is_test else await app.preferences.look(wish, person_of(seen))
    return await show_preferences(wish, seen, choices, app)


async def show_preferences(wish: UnsubscribeWish, seen: Seen | None, choices: Choices, app: App) -> PreferencePage:
    """Make the page of what profile offers and of what is suppressed."""
    data = await data_of(seen, app) if seen else None
    digests = {wish.contact_hmac, *(each.contact_hmac for each in choices.preferences)}
    suppressed = await app.suppressions.among([wish.controller, EVERYWHERE], digests)
    language = await language_of(seen, app)
    return PreferencePage(
        controller=choices.controller_title or wish.controller,
        address=data.address if data else "",
        language=language,
        unsubscribed=(wish.controller, wish.contact_hmac) in suppressed,
        preferences=in_force(choices.preferences, wish.controller, suppressed),
        words=await _titles(language, app),
    )


async def _titles(language: str, app: App) -> Words:
    """Give the names of purposes and topics; none while profile does not answer: choosing waits for no names."""
    try:
        return await app.terms.words(("purposes", "topics"), language)
    except Problem:
        return {}


def person_of(seen: Seen | None) -> str:
    """Give who was written to, "" when the message is gone."""
    return (seen.message.person or seen.message.profile) if seen else ""


async def read_letter(token: str, app: App) -> RenderedLetter:
    """Render a letter as it was sent, while its variables are kept.

    Raises:
        LinkUnknown: never made here, or kept no longer.
    """
    seen = await app.log.get(app.tokens.read_browser(token))
    if seen is None:
        raise LinkUnknown
    order = seen.message.order
    letter, data = await app.letters.get(order.template, order.template_version), await data_of(seen, app)
    if letter is None or data is None:
        raise LinkUnknown
    return letter.again(seen.message, data)


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as somebody would see it."""

    letter: RenderedLetter
    fallbacks_used: tuple[str, ...]


async def preview_letter(content: LetterContent, profile: str, workspace: str, app: App) -> Preview:
    """Render content for a person of the workspace, or for nobody.

    Raises:
        LetterRefused: the content has errors.
        PersonUnknown: not in the workspace.
    """
    refuse_errors(content, app)
    values = await values_of(profile, content.language, workspace, app)
    used = tuple(name for name in sorted(content.fallbacks) if is_missing(values.get(name)))
    return Preview(app.room.preview(content, values), used)


async def language_of(seen: Seen | None, app: App) -> str:
    """Give the letter's language; a withdrawal never waits for whoever keeps letters."""
    if seen is None:
        return "ru"
    try:
        letter = await app.letters.get(seen.message.order.template, seen.message.order.template_version)
    except Problem:
        return "ru"
    return letter.language if letter else "ru"


async def data_of(seen: Seen, app: App) -> LetterData | None:
    """Give what a message's letter was made from; None when it is kept no longer."""
    return await app.vault.open(seen.message.person, seen.message.id, seen.sealed)


def refuse_errors(content: LetterContent, app: App) -> None:
    """Raise LetterRefused when the content has errors."""
    report = app.room.check(content)
    if not report.sendable:
        raise LetterRefused(
            [
                Violation(f"content.{finding.field}", finding.code, finding.detail)
                for finding in report.findings
                if finding.severity == "error"
            ]
        )


async def values_of(profile: str, language: str, workspace: str, app: App) -> Mapping[str, object]:
    """Give what a letter in a language may say of a person, as sending does; nothing without a person.

    Raises:
        PersonUnknown: not in the workspace.
    """
    if not profile:
        return {}
    people = await app.people.get(workspace, [profile])
    if profile not in people:
        raise PersonUnknown(profile)
    held = people[profile].values
    values = {name: held[name] for name in PERSON_VARIABLES if name in held}
    return in_words(values, await app.terms.words(dictionaries_of(values), language))
