"""The preference centre: what the reader of a letter may choose, as one page and one form, without a script.

Promise: a contact is shown masked, nobody's name at all; the form names each choice that it showed, so what was added
since is neither given nor withdrawn; every value is escaped.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from string import Template
from urllib.parse import parse_qs

from starlette.responses import Response

from gateway.pages import page
from gen.consilium.channel.v1 import messages_pb2 as pb

_MOST_FIELDS = 500

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "What you receive",
        "intro": "Choose what <strong>$controller</strong> may send you. A change counts at once.",
        "nothing_known": "<strong>$controller</strong> sends nothing else to this address. "
        "You may still forbid it to write.",
        "off": "<strong>$controller</strong> no longer writes to <strong>$address</strong>.",
        "back": "Turn on a topic to receive it again.",
        "saved": "Saved. It counts from now on.",
        "save": "Save",
        "none": "Turn everything off",
        "every": "All topics",
        "all-topics-off": "off together with all topics",
        "address-refused": "this address does not take messages",
        "email": "E-mail",
        "sms": "SMS",
        "push": "Notifications",
        "messenger": "Messengers",
        "call": "Calls",
    },
    "ru": {
        "title": "Что вы получаете",
        "intro": "Выберите, что <strong>$controller</strong> может вам присылать. Изменения действуют сразу.",
        "nothing_known": "Других подписок на этот адрес у <strong>$controller</strong> нет. "
        "Вы можете запретить писать на него.",
        "off": "<strong>$controller</strong> больше не пишет на адрес <strong>$address</strong>.",
        "back": "Включите тему, чтобы снова получать её.",
        "saved": "Сохранено. Уже действует.",
        "save": "Сохранить",
        "none": "Отключить всё",
        "every": "Все темы",
        "all-topics-off": "выключено вместе со всеми темами",
        "address-refused": "этот адрес не принимает сообщения",
        "email": "Письма",
        "sms": "СМС",
        "push": "Уведомления",
        "messenger": "Мессенджеры",
        "call": "Звонки",
    },
}


def choices_page(language: str, told: pb.Preferences, action: str, *, saved: bool) -> Response:
    """Show what can be chosen and how it stands."""
    words = _WORDS[language]
    names = {"controller": escape(told.controller), "address": escape(told.masked_address or "…")}
    said = [f'<p class="note" role="status">{words["saved"]}</p>'] if saved else []
    if told.unsubscribed:
        said.append(f"<p>{Template(words['off']).substitute(names)}</p>")
    if told.preferences:
        intro = words["back"] if told.unsubscribed else Template(words["intro"]).substitute(names)
        said.append(f"<p>{intro}</p>")
    elif not told.unsubscribed:
        said.append(f"<p>{Template(words['nothing_known']).substitute(names)}</p>")
    fields = "".join(_group(words, each) for each in _groups(told.preferences))
    buttons = f"<button>{words['save']}</button>" if any(not each.obstacle for each in told.preferences) else ""
    if not told.unsubscribed or any(each.granted for each in told.preferences):
        buttons += f'<button class="plain" name="all" value="off">{words["none"]}</button>'
    form = (
        f'<form method="post" action="{escape(action)}">{fields}<p class="row">{buttons}</p></form>' if buttons else ""
    )
    return page(language, words["title"], "".join(said) + form)


def _groups(offered: Sequence[pb.Preference]) -> list[list[pb.Preference]]:
    def place(each: pb.Preference) -> tuple[str, str]:
        return (each.channel, each.masked_contact)

    return [list(group) for _, group in groupby(sorted(offered, key=place), key=place)]


def _group(words: Mapping[str, str], offered: Sequence[pb.Preference]) -> str:
    first = offered[0]
    channel = words.get(first.channel, first.channel)
    several = len({each.purpose for each in offered}) > 1
    rows = "".join(_row(words, each, several=several) for each in offered)
    return f"<fieldset><legend>{escape(channel)} · {escape(first.masked_contact)}</legend>{rows}</fieldset>"


def _row(words: Mapping[str, str], each: pb.Preference, *, several: bool) -> str:
    label = words["every"] if each.topic == "*" else each.topic_title or _spoken(each.topic)
    if several:
        label += f" ({each.purpose_title or _spoken(each.purpose)})"
    if each.obstacle:
        why = words.get(each.obstacle, each.obstacle)
        return f'<label><input type="checkbox" disabled> <span>{escape(label)} <em>{escape(why)}</em></span></label>'
    identifier = escape(each.id)
    on = " checked" if each.granted else ""
    return (
        f'<input type="hidden" name="shown" value="{identifier}">'
        f'<label><input type="checkbox" name="on" value="{identifier}"{on}> <span>{escape(label)}</span></label>'
    )


def _spoken(code: str) -> str:
    return code.replace("-", " ").replace("_", " ").capitalize()


def chosen(body: bytes, token: str) -> pb.SetPreferencesRequest | None:
    """Read the form: what was shown and not ticked is turned off. None when it is no form of ours."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    if fields.get("all") == ["off"]:
        return pb.SetPreferencesRequest(token=token, nothing=True)
    shown, ticked = fields.get("shown", []), set(fields.get("on", []))
    return pb.SetPreferencesRequest(
        token=token,
        granted=[each for each in shown if each in ticked],
        withdrawn=[each for each in shown if each not in ticked],
    )
