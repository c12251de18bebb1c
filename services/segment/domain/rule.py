"""The rule language: a tree of groups over leaves that says who belongs.

One defined meaning, kept by every evaluator: a leaf over a missing value is false, whatever its operator; only
`is_missing` and a `none` group speak of absence. An attribute with several values satisfies a leaf when one of them
does; `not_equals` and `not_in` hold when there is a value and none of them is named. All parts of an affiliation leaf
belong to one workplace, all parts of a consent leaf to one consent. An empty `all` or `none` holds for everybody, an
empty `any` for nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum

from services.segment.domain.catalogue import AttributeType
from services.segment.domain.face import Value

ACTIVE = "active"
"""The only status that a rule without a status leaf reaches."""

SELECTABLE_STATUSES = ("active", "archived")
"""Erased and absorbed people are in no segment: a rule cannot ask for them."""

KINDS = ("hcp", "patient", "contact")
CHANNELS = ("email", "sms", "push", "messenger", "call")
CONSENT_STATUSES = ("granted", "refused", "revoked", "expired")


class Quantifier(Enum):
    """How the members of a group are joined."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Operator(Enum):
    """What is asked of an attribute's value."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    BEGINS_WITH = "begins_with"
    CONTAINS = "contains"
    LESS = "less"
    AT_MOST = "at_most"
    GREATER = "greater"
    AT_LEAST = "at_least"
    BETWEEN = "between"
    IS_PRESENT = "is_present"
    IS_MISSING = "is_missing"


@dataclass(frozen=True, slots=True)
class Group:
    """Several nodes joined by a quantifier."""

    quantifier: Quantifier
    members: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AttributeLeaf:
    """A question about one attribute. `values` are compared values: one, two for `between`, many for `in`."""

    attribute: str
    type: AttributeType
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class AffiliationLeaf:
    """A question about one workplace; a part without codes is not asked. `current` needs today within its dates."""

    organisation: tuple[str, ...] = ()
    specialty: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    current: bool = False

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the asked parts with their codes."""
        for part in AFFILIATION_PARTS:
            if codes := getattr(self, part):
                yield part, codes


@dataclass(frozen=True, slots=True)
class ConsentLeaf:
    """A question about one consent; a part without codes is not asked. A consent past its date is `expired`."""

    controller: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    status: tuple[str, ...] = ("granted",)

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the asked parts of the consent's key with their codes."""
        for part in CONSENT_PARTS:
            if codes := getattr(self, part):
                yield part, codes


@dataclass(frozen=True, slots=True)
class StatusLeaf:
    """Which states of a person; without such a leaf only active people are meant."""

    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindLeaf:
    """Which kinds of person."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseLeaf:
    """Whether one of the named data owners holds a record of the person."""

    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelLeaf:
    """Whether the person can be reached over one of the channels at all, consent apart."""

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SegmentLeaf:
    """Whether the person is in one of other segments, as they stand."""

    segments: tuple[str, ...]


Leaf = AttributeLeaf | AffiliationLeaf | ConsentLeaf | StatusLeaf | KindLeaf | BaseLeaf | ChannelLeaf | SegmentLeaf
Node = Group | Leaf

CONSENT_PARTS = ("controller", "purpose", "channel", "topic")
AFFILIATION_PARTS = tuple(field.name for field in fields(AffiliationLeaf) if field.name != "current")


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield every leaf of a rule, left to right."""
    if isinstance(node, Group):
        for member in node.members:
            yield from leaves(member)
    else:
        yield node


def segments_of(node: Node) -> frozenset[str]:
    """Return the segments that a rule is made of."""
    return frozenset(segment for leaf in leaves(node) if isinstance(leaf, SegmentLeaf) for segment in leaf.segments)


def asks_status(node: Node) -> bool:
    """Tell whether the rule itself says which states it means."""
    return any(isinstance(leaf, StatusLeaf) for leaf in leaves(node))


def moves_with_time(node: Node) -> bool:
    """Tell whether the answer may change while nothing about the person does."""
    return any(
        isinstance(leaf, ConsentLeaf) or (isinstance(leaf, AffiliationLeaf) and leaf.current) for leaf in leaves(node)
    )


def statuses_of(rule: Node | None) -> tuple[str, ...]:
    """Return the states of people who may take part at all: active ones, unless the rule itself speaks of status."""
    return SELECTABLE_STATUSES if rule is not None and asks_status(rule) else (ACTIVE,)


def effective(rule: Node) -> Group:
    """Return the rule with what it leaves unsaid: active people only, and never erased or absorbed ones."""
    return Group(Quantifier.ALL, (StatusLeaf(statuses_of(rule)), rule))
