"""What recipients, reports and people of the console make channel do.

Promise: GET-like calls record facts and change no consent; a withdrawal is in force before it is answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel import sees
from services.channel.domain.errors import (
    ControllerForeign,
    LinkUnknown,
    MessageNotUnconfirmed,
    MessageUnknown,
    ProviderUnavailable,
)
from services.channel.domain.letter import LetterContent, LetterData
from services.channel.domain.message import Mark, MarkKind, Seen
from services.channel.domain.sending import Parcel, Reply, Verdict
from services.channel.domain.tracking import is_machine, is_news
from services.channel.ports import App
from services.channel.queries import (
    PreferencePage,
    data_of,
    language_of,
    look_at_preferences,
    person_of,
    refuse_errors,
    show_preferences,
    values_of,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who stands behind a public request, as far as the gateway can tell."""

    agent: str
    time: datetime


async def record_open(token: str, visit: Visit, app: App) -> None:
    """Record that the letter's pixel was fetched; a token that was never made here is as good as any."""
    try:
        message = app.tokens.read_opened(token)
    except LinkUnknown:
        return
    await _visited(message, MarkKind.OPENED, visit, app)


async def record_click(token: str, visit: Visit, app: App) -> str:
    """Record a click and give the address that the link led to when the letter was made.

    Raises:
        LinkUnknown: the token was never made here, or what the link was made from is kept no longer.
    """
    message, link = app.tokens.read_click(token)
    seen = await app.log.get(message)
    if seen is None:
        raise LinkUnknown
    order = seen.message.order
    letter = await app.letters.get(order.template, order.template_version)
    if letter is None:
        raise LinkUnknown
    target = letter.target(seen.message, None, link)
    if target is None:
        target = letter.target(seen.message, await data_of(seen, app), link)
    if target is None:
        raise LinkUnknown
    await _visited(message, MarkKind.CLICKED, visit, app, link=link, known=seen)
    return target


async def _visited(
    message: str, kind: MarkKind, visit: Visit, app: App, *, link: int = 0, known: Seen | None = None
) -> None:
    seen = known or await app.log.get(message)
    if seen is None:
        return
    machine = is_machine(
        kind, visit.agent, visit.time, finished=seen.finished_at or seen.wire_at, marks=seen.marks, link=link
    )
    await app.log.put_mark(message, Mark(kind, visit.time, machine, link), is_news)


async def unsubscribe(token: str, visit: Visit, app: App) -> tuple[str, str]:
    """Withdraw: the address is suppressed for the letter's controller before this returns.

    Works for ever, even when the message is gone; twice is once. Gives the controller and the letter's language.

    Raises:
        LinkUnknown: the token was never made here.
    """
    wish = app.tokens.read_unsubscribe(token)
    if not wish.is_test:
        await app.suppressions.add(wish.controller, wish.contact_hmac, "unsubscribed", wish.message)
        await app.log.put_mark(wish.message, Mark(MarkKind.UNSUBSCRIBED, visit.time), is_news)
    return wish.controller, await language_of(await app.log.get(wish.message), app)


@dataclass(frozen=True, slots=True)
class SetPreferences:
    """Turn topics on and off by their ids, or everything off."""

    token: str
    granted: Sequence[str]
    withdrawn: Sequence[str]
    nothing: bool = False


async def set_preferences(command: SetPreferences, visit: Visit, app: App) -> PreferencePage:
    """Do what the letter's reader chose; what is turned off is in force before this returns.

    Everything off is an unsubscription first, which needs nobody else, then a withdrawal in every other channel. What
    the reader turns on herself ends her own earlier "no" to the controller, never what a mail server said.

    Raises:
        LinkUnknown: the token was never made here.
    """
    wish = app.tokens.read_unsubscribe(command.token)
    if wish.is_test:
        return await look_at_preferences(command.token, app)
    seen = await app.log.get(wish.message)
    person = person_of(seen)
    withdrawn = command.withdrawn
    if command.nothing:
        await unsubscribe(command.token, visit, app)
        withdrawn = [each.id for each in (await app.preferences.look(wish, person)).preferences]
    granted = [] if command.nothing else [each for each in command.granted if each not in set(withdrawn)]
    choices = await app.preferences.choose(wish, person, granted=granted, withdrawn=withdrawn)
    wanted = {each.contact_hmac for each in choices.preferences if each.id in granted and each.granted}
    if wanted:
        await app.suppressions.lift(wish.controller, wanted)
    return await show_preferences(wish, seen, choices, app)


@dataclass(frozen=True, slots=True)
class IngestBounce:
    """A report that came back to a message's return path."""

    message: str
    kind: MarkKind
    bounce_class: str
    code: str


async def ingest_bounce(command: IngestBounce, app: App) -> None:
    """Note a later bounce or a complaint; a hard bounce ends the address everywhere, a complaint for its controller."""
    seen = await app.log.get(command.message)
    if seen is None:
        return
    message = seen.message
    if command.kind is MarkKind.COMPLAINED:
        await app.suppressions.add(message.order.controller, message.address_hmac, "complained", message.id)
    elif command.bounce_class == "hard":
        await app.suppressions.add("*", message.address_hmac, "hard-bounce", message.id)
    mark = Mark(command.kind, app.clock.now(), bounce_class=command.bounce_class, code=command.code)
    await app.log.put_mark(message.id, mark, is_news)


async def repeat_message(message: str, workspace: str, app: App) -> Seen:
    """Send an unconfirmed message once more, by hand.

    Raises:
        MessageUnknown: not in the caller's workspace.
        MessageNotUnconfirmed: it has another outcome, or none.
    """
    seen = await app.log.get(message, workspace)
    if seen is None:
        raise MessageUnknown(message)
    if not await app.log.repeat(message):
        raise MessageNotUnconfirmed(message, seen.outcome)
    return await app.log.get(message, workspace) or seen


async def send_test(
    content: LetterContent, addresses: list[str], *, profile: str, controller: str, workspace: str, app: App
) -> list[Reply]:
    """Send content to given addresses, marked as a test; gives each reply in the order asked.

    Raises:
        LetterRefused: the content has errors.
        ControllerForeign: in somebody else's name.
        PersonUnknown: not in the workspace.
        ProviderUnavailable: the mail server cannot be reached.
    """
    if controller and not sees(workspace, controller):
        raise ControllerForeign
    refuse_errors(content, app)
    if not app.provider.available:
        raise ProviderUnavailable
    values = await values_of(profile, content.language, workspace, app)
    parcels = [app.room.test(content, controller, LetterData(address, values)) for address in addresses]
    replies = await _send_now(parcels, app)
    return [replies[parcel.message] for parcel in parcels]


async def _send_now(parcels: list[Parcel], app: App) -> Mapping[str, Reply]:
    replies: dict[str, Reply] = {}

    async def on_wire(_: str) -> bool:
        return True

    def settle(message: str, reply: Reply) -> None:
        replies[message] = reply

    await app.provider.send(parcels, on_wire, settle)
    if all(reply.verdict is Verdict.UNSENT for reply in replies.values()):
        raise ProviderUnavailable
    return replies
