"""MJML with Liquid in it, made once into HTML and text that still hold the Liquid.

Promise: nothing is fetched from anywhere while a letter is made or by the letter itself, save the images whose
addresses the author wrote. Liquid passes through the MJML and CSS engines as opaque marks, so they cannot break it.
Limits: MJML up to SOURCE_LIMIT characters and DEPTH_LIMIT nested elements, because the engine recurses.
"""

import html as entities
import re
from dataclasses import dataclass, field
from secrets import token_hex

import css_inline
import mjml
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree  # type: ignore[import-untyped]  # ships no types
from lxml.html import HtmlElement, document_fromstring  # type: ignore[import-untyped]  # ships no types

from services.channel.adapters.letters.sandbox import SOURCE_LIMIT

DEPTH_LIMIT = 40
LINE_TARGET = 400  # RFC 5322 allows 998 octets; values are patched in between, and Cyrillic takes two.
# What surrounds a link in a compiled letter until its recipient is known; control characters never come from values.
LINK_OPENS, LINK_ENDS = "\x02", "\x03"

_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>", re.DOTALL)
_RAW_ELEMENTS = re.compile(r"(<(title|style|textarea)\b.*?</\2>|<!--.*?-->|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_HREF = re.compile(r"(<(?:a|area)\b[^>]*?\shref=\")([^\"]*)(\")", re.IGNORECASE)
_BODY_OPENS = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_PREHEADER = '<div style="display:none;max-height:0;overflow:hidden;opacity:0">{text}</div>'
_TABLE_PARTS = re.compile(r"<(/?)(?:table|thead|tbody|tfoot|tr|td|th)\b", re.IGNORECASE)
_NAMES = re.compile(r"<!--.*?-->|</?([a-zA-Z][^\s>/]*)((?:[^>\"]|\"[^\"]*\")*)>", re.DOTALL)
_SYSTEM_LINK = re.compile(r"\{\{-?\s*(unsubscribe_url|browser_url|preferences_url)\s*-?\}\}")


class MarkupRefused(ValueError):  # noqa: N818  # says what happened
    """The markup cannot be made into a letter; the text says why, in the author's terms."""


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML and text of one letter with Liquid in them; links stand between LINK_OPENS and LINK_ENDS."""

    html: str
    text: str
    links: tuple[str, ...]
    """Every address that the letter's anchors lead to, as written, Liquid included; each once, in order."""
    shape: str
    """The HTML with marks where Liquid stands, so that what it is made of can be read whatever Liquid prints."""


@dataclass(slots=True)
class _Marks:
    """Liquid taken out of a source, each piece under a mark that no engine touches."""

    nonce: str = field(default_factory=lambda: token_hex(6))
    pieces: list[str] = field(default_factory=list)

    def hide(self, source: str) -> str:
        return _LIQUID.sub(self._hide_one, source)

    def _hide_one(self, match: re.Match[str]) -> str:
        self.pieces.append(match.group())
        return f"lq{self.nonce}x{len(self.pieces) - 1}q"

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"lq{self.nonce}x(\d+)q")

    def restore(self, text: str) -> str:
        return self.pattern.sub(lambda match: self.pieces[int(match[1])], text)

    def is_control(self, number: str) -> bool:
        return self.pieces[int(number)].startswith("{%")


def build_markup(source: str, preheader: str = "") -> Markup:
    """Make HTML and a text alternative of a letter; the preheader is hidden in both but shown by mail programs.

    Raises:
        MarkupRefused: not MJML, nested too deeply, too long, it includes other files, or Liquid makes its elements.
    """
    if len(source) > SOURCE_LIMIT:
        raise MarkupRefused(f"the letter is longer than {SOURCE_LIMIT} characters")
    _refuse_depth(source)
    marks = _Marks()
    hidden = marks.hide(source)
    try:
        page = mjml.mjml2html(hidden, disable_comments=True, fonts={}, social_icon_origin="")
    except ValueError as error:
        raise MarkupRefused(f"not valid MJML: {str(error)[:200]}") from error
    page = _shield_control(page, marks)
    page = css_inline.inline(
        page, keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False, keep_link_tags=True
    )
    page = re.sub(rf"<!--(lq{marks.nonce}x\d+q)-->", r"\1", page)
    _refuse_crafted_names(page, marks)
    shape = page
    text = _text_alternative(page, marks)
    if preheader:
        page = _BODY_OPENS.sub(
            lambda match: match[0] + _PREHEADER.format(text=entities.escape(marks.hide(preheader))), page, count=1
        )
    if "<pre" not in page:
        # Blanks mean nothing in HTML; without runs of them the body is canonical for DKIM as it stands.
        page = re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[ \t]+", " ", page))
    page, links = _mark_links(page, marks)
    return Markup(_wrap(marks.restore(page)), marks.restore(text), links, shape)


def _refuse_depth(source: str) -> None:
    depth = 0
    for closing, name, _, own in ((m[1], m[2], m[3], m[4]) for m in _TAG.finditer(source)):
        if name is None or own:
            continue
        depth += -1 if closing else 1
        if depth > DEPTH_LIMIT and not closing:
            raise MarkupRefused(f"elements are nested deeper than {DEPTH_LIMIT}")


def _refuse_crafted_names(page: str, marks: _Marks) -> None:
    """Refuse Liquid that makes an element, or an attribute of one: only what it prints as text is escaped as text."""
    for tag in _NAMES.finditer(page):
        if tag[1] and (marks.pattern.search(tag[1]) or marks.pattern.search(re.sub(r'"[^"]*"', "", tag[2]))):
            raise MarkupRefused("Liquid stands in text and in values of attributes, not in names of elements")


def _shield_control(page: str, marks: _Marks) -> str:
    """Turn control statements between elements into comments: bare text would be moved out of tables."""

    def shield(text: str) -> str:
        return marks.pattern.sub(lambda m: f"<!--{m[0]}-->" if marks.is_control(m[1]) else m[0], text)

    pieces: list[str] = []
    at = 0
    for match in _RAW_ELEMENTS.finditer(page):
        pieces += [shield(page[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*pieces, shield(page[at:])])


def _mark_links(page: str, marks: _Marks) -> tuple[str, tuple[str, ...]]:
    links: dict[str, None] = {}

    def mark(match: re.Match[str]) -> str:
        address = marks.restore(entities.unescape(match[2])).strip()
        if not address.lower().startswith(("http:", "https:")):
            # Letters' own links, mailto and tel lead nowhere that is counted; the check judges the rest.
            if not _SYSTEM_LINK.fullmatch(address):
                links.setdefault(address)
            return match[0]
        links.setdefault(address)
        return f"{match[1]}{LINK_OPENS}{match[2]}{LINK_ENDS}{match[3]}"

    return _HREF.sub(mark, page), tuple(links)


def _text_alternative(page: str, marks: _Marks) -> str:
    # As blocks instead of tables: an HTML parser moves what stands between rows out of its table, loops included.
    blocks = _TABLE_PARTS.sub(r"<\1div", re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL))
    tree: HtmlElement = document_fromstring(blocks)
    for anchor in tree.iter("a"):
        address = (anchor.get("href") or "").strip()
        label = "".join(anchor.itertext()).strip()
        if not address or address == label:
            continue
        shown = f"{LINK_OPENS}{address}{LINK_ENDS}" if address.lower().startswith(("http:", "https:")) else address
        # lxml takes no control characters, so the borders travel as words of their own.
        shown = shown.replace(LINK_OPENS, f"lq{marks.nonce}open").replace(LINK_ENDS, f"lq{marks.nonce}end")
        anchor.tail = f" ({shown.removeprefix('mailto:')}){anchor.tail or ''}"
    for hidden in tree.xpath(
        "//title|//style|//*[contains(@style,'display:none') or contains(@style,'display: none')]"
    ):
        etree.strip_elements(hidden, "*", with_tail=False)
        hidden.text = ""
    text = Inscriptis(tree, ParserConfig()).get_text()
    text = text.replace(f"lq{marks.nonce}open", LINK_OPENS).replace(f"lq{marks.nonce}end", LINK_ENDS)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.replace("\xa0", " ").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _wrap(page: str) -> str:
    """Break lines inside tags, before an attribute or the closing bracket, where white space means nothing."""
    pieces: list[str] = []
    width = 0
    at = 0
    for match in re.finditer(r"<!--.*?-->|\{\{.*?\}\}|\{%.*?%\}|\n|<[^>]*>", page, re.DOTALL):
        literal, tag = page[at : match.start()], match[0]
        at = match.end()
        width += len(literal.encode())
        pieces.append(literal)
        if tag == "\n":
            width = 0
        elif width > LINE_TARGET and re.fullmatch(r"<[a-zA-Z][^>]*[^/{}\x02\x03]>", tag, re.DOTALL):
            tag, width = f"{tag[:-1]}\n>", 1
        else:
            width = len(tag) - tag.rfind("\n") - 1 if "\n" in tag else width + len(tag)
        pieces.append(tag)
    return "".join([*pieces, page[at:]])
