"""The check before a letter may be sent: what is wrong, where, in the author's words.

Promise: a letter without errors renders for anybody within the limits, has a way out, and fetches nothing but the
author's own images. Not here: who may be written to (domain/gates.py).
"""

import html as entities
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from liquid.exceptions import LiquidError, ResourceLimitError

from services.channel.adapters.letters.compiled import CompiledLetter, PublicUrls, compile_letter
from services.channel.adapters.letters.markup import Markup, MarkupRefused, build_markup
from services.channel.adapters.letters.reach import faults_of
from services.channel.adapters.letters.sandbox import compile_template, variables_of
from services.channel.domain.letter import (
    LetterContent,
    LetterFinding,
    LetterReport,
)
from services.channel.domain.variables import PERSON_VARIABLES, SYSTEM_VARIABLES

CLIPPED_AT = 102 * 1024  # Large mailbox providers cut the HTML of a letter there, unsubscribe link included.
_URLS = PublicUrls(
    "https://example.org/u/x",
    "https://example.org/v/x",
    "https://example.org/p/x",
    "https://example.org/o/x",
    lambda _: "#",
)
_ELEMENTS = re.compile(
    r"mjml|mj-(?:head|body|accordion(?:-element|-text|-title)?|attributes|all|class|breakpoint|button|carousel(?:-image)?|"
    r"column|divider|font|group|hero|image|navbar(?:-link)?|preview|raw|section|social(?:-element)?|spacer|style|table|"
    r"text|title|wrapper)"
)
_FORBIDDEN = re.compile(
    r"<(script|iframe|object|embed|form|input|button|base|applet|frame|meta\s+http-equiv=.refresh)\b", re.IGNORECASE
)
_HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE)
_FETCHED = re.compile(
    r"@import|@font-face|<link\b[^>]*stylesheet|<mj-font\b|<(?:video|audio|source|track)\b|background=\"(?!https?:)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"([^\"]*)\"", re.IGNORECASE)
_HREF = re.compile(r"href=\"\{\{-?\s*unsubscribe_url\s*-?\}\}\"")
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MJ_NAME = re.compile(r"<(mj[\w-]*)")


def check_letter(content: LetterContent) -> LetterReport:
    """Find everything that is wrong with a letter; never raises on what the author wrote."""
    findings: list[LetterFinding] = []
    variables: set[str] = set()
    for name, source in (("subject", content.subject), ("preheader", content.preheader), ("body", content.body)):
        findings += _check_liquid(name, source, variables)
    findings += _check_variables(content, variables)
    links: tuple[str, ...] = ()
    size = 0
    if not any(finding.field == "body" and finding.severity == "error" for finding in findings):
        findings += _check_elements(content.body)
        try:
            markup = build_markup(content.body, content.preheader)
        except MarkupRefused as refused:
            findings.append(LetterFinding("error", "MJML_INVALID", "body", str(refused)))
        else:
            links = markup.links
            findings += _check_markup(markup, content.body)
            known = {finding.code for finding in findings}
            findings += [finding for finding in _reaching(markup.shape) if finding.code not in known]
            if not any(finding.severity == "error" for finding in findings):
                size, problems = _try_out(compile_letter(content), variables)
                findings += problems
    findings.sort(key=lambda finding: finding.severity)
    return LetterReport(tuple(findings), tuple(sorted(variables)), links, size)


def _check_liquid(name: str, source: str, variables: set[str]) -> Iterator[LetterFinding]:
    try:
        variables |= variables_of(compile_template(source, html=False))
    except LiquidError as error:
        code = "LIQUID_LIMIT" if isinstance(error, ResourceLimitError) else "LIQUID_INVALID"
        yield LetterFinding("error", code, name, str(error.args[0])[:200], _line(error))


def _line(error: LiquidError) -> int:
    token = error.token
    return token.source.count("\n", 0, token.start_index) + 1 if token is not None else 0


def _check_variables(content: LetterContent, variables: set[str]) -> Iterator[LetterFinding]:
    known = PERSON_VARIABLES | SYSTEM_VARIABLES | set(content.fallbacks)
    whole = f"{content.subject} {content.preheader} {content.body}"
    for path in sorted(variables):
        name = re.split(r"[.\[]", path)[0]
        field = next(
            (part for part, text in (("subject", content.subject), ("preheader", content.preheader)) if name in text),
            "body",
        )
        if name not in known:
            yield LetterFinding("error", "VARIABLE_UNKNOWN", field, f"There is no variable {path}.")
        elif (
            name in PERSON_VARIABLES
            and name not in content.fallbacks
            and not re.search(rf"\b{name}\s*\|\s*default\b|%-?\s*(?:if|unless)\b[^%]*\b{name}\b", whole)
        ):
            yield LetterFinding(
                "warning", "VARIABLE_WITHOUT_FALLBACK", field, f"{name} stays empty for people without a value."
            )


def _check_elements(body: str) -> Iterator[LetterFinding]:
    for match in _MJ_NAME.finditer(body):
        if not _ELEMENTS.fullmatch(match[1]):
            line = body.count("\n", 0, match.start()) + 1
            yield LetterFinding("error", "MJML_ELEMENT_UNKNOWN", "body", f"There is no element {match[1]}.", line)
    for pattern, code, detail in (
        (_FETCHED, "RESOURCE_OUTSIDE", "A letter loads no fonts, styles or media from outside."),
        (_FORBIDDEN, "ELEMENT_FORBIDDEN", "A letter holds no scripts, frames or forms."),
        (_HANDLER, "ELEMENT_FORBIDDEN", "A letter holds no event handlers."),
    ):
        found = pattern.search(body)
        if found:
            yield LetterFinding("error", code, "body", detail, body.count("\n", 0, found.start()) + 1)


def _check_markup(markup: Markup, body: str) -> Iterator[LetterFinding]:
    if not _HREF.search(markup.html):
        yield LetterFinding(
            "error", "UNSUBSCRIBE_LINK_MISSING", "body", "A link to {{ unsubscribe_url }} must be in the letter."
        )
    for link in markup.links:
        if not _is_good_link(link):
            line = _line_with(body, link)
            yield LetterFinding("error", "LINK_INVALID", "body", f"{link[:200]!r} is no web address.", line)
    for image in _IMAGE.findall(markup.html):
        if not _is_good_link(image, schemes=("https", "http")):
            line = _line_with(body, entities.unescape(image), attribute="src")
            detail = f"{image[:200]!r} is no address of an image."
            yield LetterFinding("error", "IMAGE_INVALID", "body", detail, line)


def _reaching(page: str) -> list[LetterFinding]:
    return [LetterFinding("error", code, "body", detail) for code, detail in dict.fromkeys(faults_of(page))]


def _line_with(body: str, address: str, attribute: str = "href") -> int:
    """Return the line where an element's attribute holds an address, 0 when it is not there as it stands."""
    places = (body.find(f'{attribute}="{written}"') for written in (entities.escape(address), address))
    found = next((place for place in places if place >= 0), -1)
    return body.count("\n", 0, found) + 1 if found >= 0 else 0


def _is_good_link(link: str, schemes: tuple[str, ...] = ("https", "http", "mailto", "tel")) -> bool:
    """A scheme that we know and, for the web, a host that does not hang on a variable, without a name before it."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in schemes:
        return False
    if parts.scheme in {"mailto", "tel"}:
        return bool(parts.path) and "{" not in link
    written = _LIQUID.sub("", link)
    return bool(host) and not re.search(r"[\s\"'<>{}@\\]", parts.netloc) and not re.search(r"[\t\r\n<>\"\\]", written)


def _try_out(letter: CompiledLetter, variables: set[str]) -> tuple[int, list[LetterFinding]]:
    """Render for somebody of whom nothing and for somebody of whom much is known."""
    size = 0
    problems: list[LetterFinding] = []
    rich = dict.fromkeys(variables & PERSON_VARIABLES, "Имя" * 10)
    for values in ({}, rich):
        try:
            rendered = letter.render(values, _URLS)
        except LiquidError as error:
            code = "LIQUID_LIMIT" if isinstance(error, ResourceLimitError) else "LIQUID_INVALID"
            problems.append(LetterFinding("error", code, "body", str(error.args[0])[:200]))
            break
        size = len(rendered.html.encode())
        problems += [finding for finding in _reaching(rendered.html) if finding not in problems]
        if not rendered.subject and values:
            problems.append(LetterFinding("error", "SUBJECT_EMPTY", "subject", "The subject comes out empty."))
    if size > CLIPPED_AT:
        problems.append(
            LetterFinding("warning", "LETTER_CLIPPED", "body", "Mail programs will cut a letter this long.")
        )
    return size, problems
