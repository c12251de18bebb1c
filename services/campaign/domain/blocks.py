"""Blocks: a letter as a person builds it, and the MJML that the blocks make.

Promise: whatever is in the blocks, the MJML is well formed, and each block is one line of it, so that what is wrong in
a line is wrong in a block. Liquid passes through untouched; every other character is text and never markup.
Not here: whether addresses lead anywhere and variables exist (services/channel checks the letter).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    BUTTON = "button"
    IMAGE = "image"
    DIVIDER = "divider"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter; what its kind has no use for stays unused."""

    kind: BlockKind
    text: str = ""
    address: str = ""
    image: str = ""
    level: int = 0
    width: int = 0


_OPENING = (
    '<mjml><mj-head><mj-attributes><mj-all font-family="Arial, Helvetica, sans-serif" />'
    '<mj-text font-size="16px" line-height="1.5" color="#1f2933" /></mj-attributes></mj-head>'
    '<mj-body background-color="#f4f5f7"><mj-section background-color="#ffffff"><mj-column>'
)
_CLOSING = "</mj-column></mj-section></mj-body></mjml>"
_FIRST_LINE = 2  # the opening is one line

_SIZES = {1: 28, 2: 22, 3: 18}
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HIDDEN = re.compile(r"\x00(\d+)\x00")
_MARK = re.compile(
    r"\[(?P<words>[^\[\]\n]+)\]\((?P<address>[^()\s]+)\)"
    r"|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*(?!\*)"
    r"|(?<![*\w])\*(?=[^\s*])(?P<italic>.+?)(?<=[^\s*])\*(?![*\w])"
)
_ITEM = "- "
_WAY_OUT = {"ru": "Отписаться", "en": "Unsubscribe"}


def markup_of(blocks: Sequence[Block], language: str = "ru") -> str:
    """Return the MJML of a letter, one line per block between the first line and the last."""
    lines = [_MAKERS[block.kind](block) for block in blocks]
    way_out = _WAY_OUT.get(language.partition("-")[0], _WAY_OUT["en"])
    return "\n".join([_OPENING, *(line.replace("\n", " ").replace("\x01", way_out) for line in lines), _CLOSING])


def line_of(place: int) -> int:
    """Return the line of the MJML, from 1, that the block at a place makes."""
    return _FIRST_LINE + place


def _heading(block: Block) -> str:
    level = block.level or 1
    size = f"{_SIZES[level]}px"
    words = _inline(block.text)
    return (
        f'<mj-text font-size="{size}" line-height="1.25">'
        f'<h{level} style="margin:0;font-size:{size};font-weight:700">{words}</h{level}></mj-text>'
    )


def _text(block: Block) -> str:
    return f"<mj-text>{_paragraphs(block.text)}</mj-text>"


def _button(block: Block) -> str:
    return (
        f'<mj-button href="{_attribute(block.address)}" background-color="#1d5fd1" color="#ffffff" border-radius="6px" '
        f'font-size="16px" inner-padding="12px 28px">{_inline(block.text)}</mj-button>'
    )


def _image(block: Block) -> str:
    width = f' width="{block.width}px"' if block.width else ""
    link = f' href="{_attribute(block.address)}"' if block.address else ""
    return f'<mj-image src="{_attribute(block.image)}" alt="{_attribute(block.text)}"{width}{link} />'


def _divider(_block: Block) -> str:
    return '<mj-divider border-width="1px" border-color="#d9dde3" />'


def _footer(block: Block) -> str:
    return (
        f'<mj-text font-size="12px" color="#616e7c">{_paragraphs(block.text)}'
        '<p style="margin:0"><a href="{{ unsubscribe_url }}" style="color:#616e7c">\x01</a></p></mj-text>'
    )


_MAKERS: Mapping[BlockKind, Callable[[Block], str]] = {
    BlockKind.HEADING: _heading,
    BlockKind.TEXT: _text,
    BlockKind.BUTTON: _button,
    BlockKind.IMAGE: _image,
    BlockKind.DIVIDER: _divider,
    BlockKind.FOOTER: _footer,
}


def _paragraphs(text: str) -> str:
    """Return paragraphs and lists; an empty text is nothing."""
    hidden, pieces = _hide(text)
    made: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", hidden):
        for items, lines in _runs(paragraph.strip("\n").split("\n")):
            words = [_marked(line) for line in lines]
            if items:
                made.append('<ul style="margin:0 0 12px">' + "".join(f"<li>{word}</li>" for word in words) + "</ul>")
            elif any(words):
                made.append('<p style="margin:0 0 12px">' + "<br />".join(words) + "</p>")
    return _shown("".join(made), pieces)


def _runs(lines: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """Part lines into runs of list items (without their dash) and runs of others."""
    runs: list[tuple[bool, list[str]]] = []
    for line in lines:
        item = line.startswith(_ITEM)
        if not runs or runs[-1][0] is not item:
            runs.append((item, []))
        runs[-1][1].append(line.removeprefix(_ITEM) if item else line)
    return runs


def _inline(text: str) -> str:
    """Return one line of text without marks."""
    hidden, pieces = _hide(text)
    return _shown(escape(" ".join(hidden.split())), pieces)


def _attribute(text: str) -> str:
    """Return a text as it stands in an attribute."""
    return _inline(text)


def _marked(line: str) -> str:
    """Return one line with its marks as elements."""
    return _elements(escape(line))


def _elements(line: str) -> str:
    """Read marks from left to right, each whole before what is in it, so that elements lie within each other."""

    def element(found: re.Match[str]) -> str:
        if found["words"] is not None:
            return f'<a href="{found["address"]}">{_elements(found["words"])}</a>'
        if found["bold"] is not None:
            return f"<strong>{_elements(found['bold'])}</strong>"
        return f"<em>{_elements(found['italic'])}</em>"

    return _MARK.sub(element, line)


def _hide(text: str) -> tuple[str, list[str]]:
    """Take Liquid out of a text, each piece under a number between two characters that no text holds."""
    pieces: list[str] = []

    def hide(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"\x00{len(pieces) - 1}\x00"

    return _LIQUID.sub(hide, _CONTROL.sub("", text)), pieces


def _shown(markup: str, pieces: Sequence[str]) -> str:
    return _HIDDEN.sub(lambda match: pieces[int(match[1])], markup)
