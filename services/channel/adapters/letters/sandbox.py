"""Liquid as marketers may use it: a small language that can neither reach out nor run away.

Promise: a template reads only the plain values it is given, writes at most OUTPUT_LIMIT bytes, and every loop,
filter and look-up spends from one budget, so rendering ends in milliseconds whatever was written.
Not here: which variables exist (services/channel/domain/variables.py), MJML (markup.py).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from liquid import BoundTemplate, Environment, RenderContext, Undefined
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.filters import math, misc, string
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    echo_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError

OUTPUT_LIMIT = 512 * 1024  # A letter above this is clipped or refused by large mailbox providers anyway.
VALUE_LIMIT = 32 * 1024  # The longest text that a filter may make.
LOOP_LIMIT = 500  # Iterations, nested loops multiplied.
STEP_LIMIT = 20_000  # Look-ups, assignments and filters of one rendering; about 20 ms.
NODE_LIMIT = 2_000  # Statements in one template.
SOURCE_LIMIT = 256 * 1024

_TAGS = (
    content.Literal, output.Output, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag,
    for_tag.ForTag, for_tag.BreakTag, for_tag.ContinueTag, assign_tag.AssignTag, capture_tag.CaptureTag,
    comment_tag.CommentTag, echo_tag.EchoTag, inline_comment_tag.InlineCommentTag,
)  # fmt: skip
_DATE_FORMAT = re.compile(r"(?:%[dmYyHMjBbAae]|[^%]){0,60}")


class BudgetSpent(ResourceLimitError):  # noqa: N818  # says what happened
    """The template did more work than a letter may."""


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, Undefined) else str(value)


def _date(value: object, form: object = "%d.%m.%Y") -> str:
    """Print an ISO date or time; what is no date is printed as it came."""
    pattern = _text(form)
    if not _DATE_FORMAT.fullmatch(pattern):
        raise FilterArgumentError("the date format holds an unknown directive", token=None)
    text = _text(value)
    try:
        moment = datetime.now(UTC) if text in {"now", "today"} else datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.strftime(pattern)


def _replace(value: object, old: object, new: object = "") -> str:
    text, was, becomes = _text(value), _text(old), _text(new)
    if len(text) + text.count(was) * len(becomes) > VALUE_LIMIT:
        raise BudgetSpent("a filter made a text longer than the limit", token=None)
    return text.replace(was, becomes)


def _remove(value: object, old: object) -> str:
    return _replace(value, old)


def _join(value: object, separator: object = " ") -> str:
    parts = [_text(item) for item in value] if isinstance(value, list | tuple) else [_text(value)]
    glue = _text(separator)
    if sum(map(len, parts)) + len(glue) * len(parts) > VALUE_LIMIT:
        raise BudgetSpent("a filter made a text longer than the limit", token=None)
    return glue.join(parts)


def _split(value: object, separator: object = " ") -> list[str]:
    text, mark = _text(value), _text(separator)
    return text.split(mark) if mark else list(text)


def _url_encode(value: object) -> str:
    return quote(_text(value), safe="")


def _first(value: object) -> object:
    return value[0] if isinstance(value, list | tuple) and value else ""


def _last(value: object) -> object:
    return value[-1] if isinstance(value, list | tuple) and value else ""


_FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_, "at_least": math.at_least, "at_most": math.at_most, "ceil": math.ceil, "floor": math.floor,
    "round": math.round_, "plus": math.plus, "minus": math.minus, "times": math.times,
    "divided_by": math.divided_by, "modulo": math.modulo, "default": misc.default, "size": misc.size, "date": _date,
    "append": string.append, "prepend": string.prepend, "capitalize": string.capitalize, "downcase": string.downcase,
    "upcase": string.upcase, "escape": string.escape, "strip": string.strip, "lstrip": string.lstrip,
    "rstrip": string.rstrip, "squish": string.squish, "truncate": string.truncate, "slice": string.slice_,
    "truncatewords": string.truncatewords, "remove": _remove, "replace": _replace,
    "split": _split, "join": _join, "first": _first, "last": _last, "url_encode": _url_encode,
}  # fmt: skip
FILTERS = frozenset(_FILTERS)


class _Context(RenderContext):
    """A rendering that counts its own steps."""

    __slots__ = ("_steps",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._steps = 0

    def _spend(self) -> None:
        self._steps += 1
        if self._steps > STEP_LIMIT:
            raise BudgetSpent("the template takes too many steps", token=None)

    def get(self, path: list[object], **options: Any) -> object:
        self._spend()
        return super().get(path, **options)

    def assign(self, key: str, val: Any) -> None:
        self._spend()
        super().assign(key, val)

    def filter(self, name: str, token: Any = None) -> Callable[..., object]:
        self._spend()
        apply = super().filter(name, token)

        def bounded(*args: Any, **kwargs: Any) -> object:
            result = apply(*args, **kwargs)
            size = len(result) if isinstance(result, str | list) else 0
            if size > VALUE_LIMIT or (isinstance(result, int) and result.bit_length() > 256):
                raise BudgetSpent("a filter made a value larger than the limit", token=token)
            return result

        return bounded

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self._spend()
        super().raise_for_loop_limit(length)


class _Template(BoundTemplate):
    context_class = _Context


class Sandbox(Environment):
    """A Liquid environment without files, Python attributes, raw output or unbounded work."""

    block_nesting_limit = 20
    loop_iteration_limit = LOOP_LIMIT
    local_namespace_limit = 64 * 1024
    output_stream_limit = OUTPUT_LIMIT
    template_class = _Template

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002  # the parent's signature
        """Register the allow-list instead of everything that the library has."""
        for tag in _TAGS:
            self.add_tag(tag)
        for name, apply in _FILTERS.items():
            self.add_filter(name, apply)


_HTML = Sandbox(autoescape=True)
_PLAIN = Sandbox(autoescape=False)


def compile_template(source: str, *, html: bool) -> BoundTemplate:
    """Parse a template; with `html` every printed value is escaped for HTML.

    Raises:
        LiquidError: a syntax error, an unknown tag or filter, or a template beyond the limits.
    """
    if len(source) > SOURCE_LIMIT:
        raise BudgetSpent("the template is longer than the limit", token=None)
    template = (_HTML if html else _PLAIN).from_string(source)
    if count_nodes(template) > NODE_LIMIT:
        raise BudgetSpent("the template holds too many statements", token=None)
    used = template.analyze(include_partials=False).filters
    unknown = sorted(set(used) - FILTERS)
    if unknown:
        raise LiquidError(f"unknown filter {unknown[0]!r}", token=None)
    return template


def count_nodes(template: BoundTemplate) -> int:
    """Count the statements of a parsed template."""
    context = RenderContext(template)
    waiting: list[Node] = list(template.nodes)
    total = 0
    while waiting:
        total += 1
        waiting.extend(waiting.pop().children(context, include_partials=False))
    return total


def variables_of(template: BoundTemplate) -> set[str]:
    """Name the values that a template reads from outside itself, as dotted paths."""
    return {str(path) for paths in template.analyze(include_partials=False).globals.values() for path in paths}


def plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """Copy values as nothing but text, numbers, lists and mappings, so that no Python object is within reach."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else str(value)
