"""Reads a rule from its JSON tree.

Promise: whatever comes in, the answer is a rule or `RuleInvalid` whose violations name their places in the request
(`rule.all[0].value`, one step for one of the JSON pointer); never a crash, never an unknown word passed over. The
published schema is docs/schema/rule.json.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import TypeGuard

from chassis.kernel import Violation
from services.segment.domain import rule as r
from services.segment.domain.catalogue import AttributeType, Catalogue
from services.segment.domain.errors import RuleInvalid
from services.segment.domain.face import Value, compared
from services.segment.domain.names import fold

MAX_DEPTH = 16  # deeper trees are generated, not meant; the console shows five levels
MAX_NODES = 200
MAX_LIST = 1_000  # a longer list belongs into a static segment, which is a bitmap
MAX_TEXT = 256  # what the index keeps of a value
MAX_VIOLATIONS = 20  # enough to mend a form in one go

_QUANTIFIERS = {quantifier.value: quantifier for quantifier in r.Quantifier}
_OPERATORS = {operator.value: operator for operator in r.Operator}
_LISTED = frozenset({r.Operator.IN, r.Operator.NOT_IN})
_BARE = frozenset({r.Operator.IS_PRESENT, r.Operator.IS_MISSING})
_EQUALITY = frozenset({r.Operator.EQUALS, r.Operator.NOT_EQUALS}) | _LISTED | _BARE
_ORDER = frozenset({r.Operator.LESS, r.Operator.AT_MOST, r.Operator.GREATER, r.Operator.AT_LEAST, r.Operator.BETWEEN})
OPERATORS: Mapping[AttributeType, frozenset[r.Operator]] = {
    AttributeType.TEXT: _EQUALITY | {r.Operator.BEGINS_WITH, r.Operator.CONTAINS},
    AttributeType.CODE: _EQUALITY,
    AttributeType.NUMBER: _EQUALITY | _ORDER,
    AttributeType.FLAG: frozenset({r.Operator.EQUALS}) | _BARE,
    AttributeType.DATE: _EQUALITY | _ORDER,
}


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """A subtree could not be read; its violation is already noted."""


class _End(Exception):  # noqa: N818 - never leaves this module
    """The whole tree is refused, whatever else it holds."""


class _Reader:
    """One reading of one tree: counts nodes and collects what is wrong, so that a form is mended in one go."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.nodes = 0
        self.violations: list[Violation] = []

    def refuse(self, pointer: str, reason: str, text: str) -> _Refused:
        self.violations.append(Violation(pointer, reason, text))
        return _Refused()

    def node(self, tree: object, pointer: str, depth: int) -> r.Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.violations.clear()
            raise _End(self.refuse(pointer, "RULE_TOO_LARGE", f"more than {MAX_NODES} groups and leaves"))
        if depth > MAX_DEPTH:
            self.violations.clear()
            raise _End(self.refuse(pointer, "RULE_TOO_DEEP", f"nested more than {MAX_DEPTH} levels deep"))
        if not isinstance(tree, Mapping):
            raise self.refuse(pointer, "NOT_AN_OBJECT", "a group or a leaf is a JSON object")
        words = [word for word in tree if word in _QUANTIFIERS or word in _LEAVES]
        if len(words) != 1:
            known = ", ".join((*_QUANTIFIERS, *_LEAVES))
            raise self.refuse(pointer, "LEAF_UNKNOWN", f"exactly one of {known} is expected")
        word = words[0]
        allowed = {word, "op", "value"} if word == "attribute" else {word}
        for key in tree:
            if key not in allowed:
                raise self.refuse(f"{pointer}/{_escaped(key)}", "FIELD_UNKNOWN", "no such field in this leaf")
        if word in _QUANTIFIERS:
            return self.group(_QUANTIFIERS[word], tree[word], f"{pointer}/{word}", depth)
        return _LEAVES[word](self, tree, pointer)

    def group(self, quantifier: r.Quantifier, members: object, pointer: str, depth: int) -> r.Group:
        if not _is_list(members):
            raise self.refuse(pointer, "NOT_A_LIST", "a group holds a list")
        read: list[r.Node] = []
        for index, member in enumerate(members):
            try:
                read.append(self.node(member, f"{pointer}/{index}", depth + 1))
            except _Refused:
                if len(self.violations) >= MAX_VIOLATIONS:
                    raise
        return r.Group(quantifier, tuple(read))

    def attribute(self, tree: Mapping[str, object], pointer: str) -> r.AttributeLeaf:
        key = tree["attribute"]
        attribute = self.catalogue.find(key) if isinstance(key, str) else None
        if attribute is None or not attribute.indexed:
            raise self.refuse(f"{pointer}/attribute", "ATTRIBUTE_UNKNOWN", "no such attribute to filter by")
        word = tree.get("op", "equals")
        operator = _OPERATORS.get(word) if isinstance(word, str) else None
        allowed = OPERATORS[attribute.type]
        if operator not in allowed:
            names = ", ".join(sorted(each.value for each in allowed))
            raise self.refuse(f"{pointer}/op", "OPERATOR_UNKNOWN", f"{attribute.type.value} takes {names}")
        where = f"{pointer}/value"
        if operator in _BARE:
            if "value" in tree:
                raise self.refuse(where, "VALUE_UNEXPECTED", "this operator takes no value")
            return r.AttributeLeaf(attribute.key, attribute.type, operator)
        if "value" not in tree:
            raise self.refuse(where, "VALUE_MISSING", "this operator needs a value")
        value = tree["value"]
        if operator not in _LISTED and operator is not r.Operator.BETWEEN:
            return r.AttributeLeaf(attribute.key, attribute.type, operator, (self.value(value, attribute.type, where),))
        listed = self.listed(value, where)
        values = tuple(self.value(each, attribute.type, f"{where}/{index}") for index, each in enumerate(listed))
        if operator is r.Operator.BETWEEN:
            if len(values) != 2 or _later(values[0], values[1]):
                raise self.refuse(where, "RANGE_INVALID", "two values are expected, the smaller one first")
            return r.AttributeLeaf(attribute.key, attribute.type, operator, values)
        return r.AttributeLeaf(attribute.key, attribute.type, operator, tuple(dict.fromkeys(values)))

    def value(self, value: object, kind: AttributeType, pointer: str) -> Value:
        if kind is AttributeType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float) or not _fits(value):
                raise self.refuse(pointer, "VALUE_INVALID", "a number is expected")
            return compared(value)
        if kind is AttributeType.FLAG:
            if not isinstance(value, bool):
                raise self.refuse(pointer, "VALUE_INVALID", "true or false is expected")
            return compared(value)
        if kind is AttributeType.DATE:
            return self.day(value, pointer)
        text = self.text(value, pointer)
        folded = compared(text)
        if not folded:
            raise self.refuse(pointer, "VALUE_INVALID", "a text of at least one letter is expected")
        return folded

    def day(self, value: object, pointer: str) -> str:
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise self.refuse(pointer, "VALUE_INVALID", "a date as YYYY-MM-DD is expected") from None

    def text(self, value: object, pointer: str) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            raise self.refuse(pointer, "VALUE_INVALID", f"a text of 1 to {MAX_TEXT} characters is expected")
        return value

    def listed(self, value: object, pointer: str) -> Sequence[object]:
        if not _is_list(value) or not value:
            raise self.refuse(pointer, "NOT_A_LIST", "a list of at least one value is expected")
        if len(value) > MAX_LIST:
            raise self.refuse(pointer, "LIST_TOO_LONG", f"at most {MAX_LIST} values; make a list segment of more")
        return value

    def codes(self, value: object, pointer: str, known: Sequence[str] = ()) -> tuple[str, ...]:
        """Read one code or a list of codes, kept as written: codes are compared exactly."""
        if isinstance(value, str):
            return (self.code(value, pointer, known),)
        listed = self.listed(value, pointer)
        read = (self.code(each, f"{pointer}/{index}", known) for index, each in enumerate(listed))
        return tuple(dict.fromkeys(read))

    def code(self, value: object, pointer: str, known: Sequence[str]) -> str:
        text = self.text(value, pointer)
        if known and text not in known:
            raise self.refuse(pointer, "VALUE_UNKNOWN", f"one of {', '.join(known)} is expected")
        return text

    def parts(self, tree: object, pointer: str, names: Sequence[str]) -> Mapping[str, object]:
        if not isinstance(tree, Mapping) or not tree:
            raise self.refuse(pointer, "NOT_AN_OBJECT", f"an object with some of {', '.join(names)} is expected")
        for key in tree:
            if key not in names:
                raise self.refuse(
                    f"{pointer}/{_escaped(key)}", "FIELD_UNKNOWN", f"one of {', '.join(names)} is expected"
                )
        return tree

    def affiliation(self, tree: Mapping[str, object], pointer: str) -> r.AffiliationLeaf:
        where = f"{pointer}/affiliation"
        given = self.parts(tree["affiliation"], where, (*r.AFFILIATION_PARTS, "current"))
        current = given.get("current", False)
        if not isinstance(current, bool):
            raise self.refuse(f"{where}/current", "VALUE_INVALID", "true or false is expected")
        asked = {
            part: tuple(fold(code) for code in self.codes(given[part], f"{where}/{part}"))
            for part in r.AFFILIATION_PARTS
            if part in given
        }
        return r.AffiliationLeaf(current=current, **asked)

    def consent(self, tree: Mapping[str, object], pointer: str) -> r.ConsentLeaf:
        where = f"{pointer}/consent"
        given = self.parts(tree["consent"], where, (*r.CONSENT_PARTS, "status"))
        known = {"channel": r.CHANNELS, "status": r.CONSENT_STATUSES}
        asked = {part: self.codes(given[part], f"{where}/{part}", known.get(part, ())) for part in given}
        return r.ConsentLeaf(**asked)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _fits(value: float) -> bool:
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


def _later(first: Value, second: Value) -> bool:
    return first > second  # type: ignore[operator]  # both come from one attribute and have its type


def _escaped(key: object) -> str:
    return str(key)[:64].replace("~", "~0").replace("/", "~1")


_LEAVES: Mapping[str, Callable[[_Reader, Mapping[str, object], str], r.Leaf]] = {
    "attribute": _Reader.attribute,
    "affiliation": _Reader.affiliation,
    "consent": _Reader.consent,
    "status": lambda reader, tree, at: r.StatusLeaf(
        reader.codes(tree["status"], f"{at}/status", r.SELECTABLE_STATUSES)
    ),
    "kind": lambda reader, tree, at: r.KindLeaf(reader.codes(tree["kind"], f"{at}/kind", r.KINDS)),
    "base": lambda reader, tree, at: r.BaseLeaf(reader.codes(tree["base"], f"{at}/base")),
    "has_channel": lambda reader, tree, at: r.ChannelLeaf(
        reader.codes(tree["has_channel"], f"{at}/has_channel", r.CHANNELS)
    ),
    "segment": lambda reader, tree, at: r.SegmentLeaf(reader.codes(tree["segment"], f"{at}/segment")),
}


def parse_rule(tree: object, catalogue: Catalogue, field: str = "rule") -> r.Node:
    """Read a rule from decoded JSON; `field` is where it stands in the request.

    Raises:
        RuleInvalid: with one violation per place, at most twenty.
    """
    reader = _Reader(catalogue)
    try:
        rule = reader.node(tree, "", 1)
    except (_Refused, _End):
        raise RuleInvalid(_placed(field, reader.violations)) from None
    if reader.violations:
        raise RuleInvalid(_placed(field, reader.violations))
    return rule


def _placed(field: str, violations: Sequence[Violation]) -> list[Violation]:
    return [Violation(_path(field, each.field), each.reason, each.text) for each in violations]


def _path(field: str, pointer: str) -> str:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return field + "".join(
        f"[{step}]" if step.isdecimal() else f".{step}" if step.isidentifier() else f"[{json.dumps(step)}]"
        for step in steps
    )
