"""What a letter's HTML would do beyond being read: run, fetch, frame, send or lead away unasked.

Promise: judged on the tree that the engines made, not on how the author spelled it: letter case, entities, Liquid in
the name of an element and CSS escapes hide nothing.
Not here: where anchors lead and what the source says (check.py).
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement, document_fromstring  # type: ignore[import-untyped]  # ships no types

_RUNS = frozenset(
    {
        "script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "base", "svg", "math", "template",
        "portal", "textarea", "select",
    }
)  # fmt: skip
_FETCHES = frozenset({"link", "video", "audio", "source", "track"})
_SENDS = frozenset({"action", "formaction", "ping", "srcdoc", "xlink:href", "poster", "manifest", "longdesc", "data"})
_META = frozenset({"content-type", "x-ua-compatible"})
_LEADS = frozenset({"a", "area"})
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_URL = re.compile(r"url\(\s*[\"']?\s*([^\"')]*)", re.IGNORECASE)
_IMPORT = re.compile(r"@import|@font-face|expression\(|-moz-binding|behavior\s*:", re.IGNORECASE)

FORBIDDEN = ("ELEMENT_FORBIDDEN", "A letter holds no scripts, frames, forms or event handlers.")
OUTSIDE = ("RESOURCE_OUTSIDE", "A letter loads nothing from outside but its author's images.")


def faults_of(page: str) -> Iterator[tuple[str, str]]:
    """Give code and detail of everything in a page that does more than be read."""
    for element in document_fromstring(page).iter():
        if not isinstance(element, HtmlElement) or not isinstance(element.tag, str):
            continue
        name = element.tag.lower()
        if name in _RUNS or name.rpartition(":")[2] in {"script", "svg"}:
            yield FORBIDDEN
        if name in _FETCHES or (name == "style" and not _is_plain_css(element.text or "")):
            yield OUTSIDE
        if name == "meta" and element.get("http-equiv", "content-type").strip().lower() not in _META:
            yield FORBIDDEN
        for attribute, value in element.attrib.items():
            yield from _faults_at(name, attribute.lower(), value)


def _faults_at(element: str, attribute: str, value: str) -> Iterator[tuple[str, str]]:
    if attribute.startswith("on") or attribute in _SENDS or (attribute == "href" and element not in _LEADS):
        yield FORBIDDEN
    elif attribute == "style" and not _is_plain_css(value):
        yield OUTSIDE
    elif attribute == "srcset" and not all(_is_web(each.strip().partition(" ")[0]) for each in value.split(",")):
        yield ("IMAGE_INVALID", f"{value[:200]!r} is no address of an image.")


def _is_plain_css(text: str) -> bool:
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16) % 0x110000) if found[1] else found[2], text)
    return not _IMPORT.search(plain) and all(_is_web(address) for address in _URL.findall(plain))


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.netloc)
