"""A letter compiled once per template version and patched once per reader.

Promise: values are escaped for where they stand, hold no control characters, and cannot add a header, a tag or a
link target of another scheme. Links come out as public addresses of `LinkBook`, so a click can be counted and only
leads where the letter led when it was made.
"""

import html as entities
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from liquid import BoundTemplate

from services.channel.adapters.letters.markup import LINK_ENDS, LINK_OPENS, build_markup
from services.channel.adapters.letters.sandbox import compile_template, plain_values
from services.channel.domain.letter import LetterContent, RenderedLetter, with_fallbacks

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_PIXEL = '<img src="{url}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">'
SUBJECT_LIMIT = 255


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """Where one reader's copy points: `click` gives the address for the letter's link number n."""

    unsubscribe: str
    browser: str
    preferences: str
    open_pixel: str = ""
    """Empty: the copy is not counted (a preview, a test)."""
    click: Callable[[int], str] | None = None
    """None: links lead straight to their targets."""


@dataclass(frozen=True, slots=True)
class CompiledLetter:
    """Templates ready to render, and the links that are the same for every reader."""

    subject: BoundTemplate
    preheader: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate
    links: tuple[str, ...]
    fallbacks: Mapping[str, str]

    def render(self, values: Mapping[str, object], urls: PublicUrls) -> RenderedLetter:
        """Make one reader's copy.

        Raises:
            LiquidError: the template spent its budget on these values.
        """
        clean = {name: clean_value(value) for name, value in plain_values(values).items()}
        known = with_fallbacks(clean, self.fallbacks)
        known |= {
            "unsubscribe_url": urls.unsubscribe, "browser_url": urls.browser, "preferences_url": urls.preferences,
        }  # fmt: skip
        book = _LinkBook(self.links, urls.click)
        page = book.resolve(self.html.render(known), html=True)
        if urls.open_pixel:
            pixel = _PIXEL.format(url=entities.escape(urls.open_pixel))
            body, closing, rest = page.rpartition("</body>")
            page = f"{body}{pixel}{closing}{rest}" if closing else page + pixel
        text = book.resolve(self.text.render(known), html=False)
        subject, preheader = one_line(self.subject.render(known)), one_line(self.preheader.render(known))
        return RenderedLetter(subject, page, text, tuple(book.own), preheader)


def compile_letter(content: LetterContent) -> CompiledLetter:
    """Compile what the author wrote.

    Raises:
        MarkupRefused: the markup is not a letter.
        LiquidError: a part is not Liquid as allowed.
    """
    markup = build_markup(content.body, content.preheader)
    fixed = [link for link in markup.links if "{" not in link]
    return CompiledLetter(
        subject=compile_template(content.subject, html=False),
        preheader=compile_template(content.preheader, html=False),
        html=compile_template(markup.html, html=True),
        text=compile_template(markup.text, html=False),
        links=tuple(dict.fromkeys(safe for safe in map(safe_target, fixed) if safe != "#")),
        fallbacks=dict(content.fallbacks),
    )


class _LinkBook:
    """Numbers the links of one copy: the letter's own first, then those made for this reader."""

    def __init__(self, links: tuple[str, ...], click: Callable[[int], str] | None) -> None:
        self._numbers = {link: number for number, link in enumerate(links)}
        self._click = click
        self.own: list[str] = []

    def resolve(self, text: str, *, html: bool) -> str:
        head, *rest = text.split(LINK_OPENS)
        pieces = [head]
        for piece in rest:
            raw, _, after = piece.partition(LINK_ENDS)
            address = self._public(entities.unescape(raw) if html else raw)
            pieces += [entities.escape(address) if html else address, after]
        return "".join(pieces)

    def _public(self, target: str) -> str:
        target = safe_target(target)
        if self._click is None or target == "#":
            return target
        number = self._numbers.get(target)
        if number is None:
            number = self._numbers[target] = len(self._numbers)
            self.own.append(target)
        return self._click(number)


def safe_target(target: str) -> str:
    """Percent-encode what a web address may not hold; what is no http(s) address with a host becomes "#"."""
    target = quote(target.strip(), safe="!#$%&'()*+,/:;=?@[]~-._")
    try:
        parts = urlsplit(target)
    except ValueError:
        return "#"
    return target if parts.scheme in {"http", "https"} and parts.hostname else "#"


def clean_value(value: object) -> object:
    """Take control characters out of text, at any depth."""
    if isinstance(value, str):
        return _CONTROL.sub(" ", value)
    if isinstance(value, dict):
        return {key: clean_value(item) for key, item in value.items()}
    return [clean_value(item) for item in value] if isinstance(value, list) else value


def one_line(text: str) -> str:
    """Make one printable line of at most SUBJECT_LIMIT characters."""
    return " ".join(_CONTROL.sub(" ", text).split())[:SUBJECT_LIMIT]
