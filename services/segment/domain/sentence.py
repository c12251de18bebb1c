"""Prints a rule as a sentence in Russian or English, so that its author can read what was built.

Promise: every leaf is said, groups are bracketed where meaning needs it. Titles of codes come from the caller; a code
without a title shows as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.segment.domain import rule as r
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.face import Value

Titles = Callable[[str, str], str]
"""(what kind of code, code) -> how a person calls it."""

SHOWN = 5
"""Longer lists end with how many more there are."""

LANGUAGES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language."""

    joins: Mapping[str, str]
    nobody: str
    everybody: str
    none: str
    or_: str
    more: str
    yes: str
    no: str
    operators: Mapping[str, str]
    # Each of a workplace with parts, and of any workplace.
    affiliation: tuple[str, str]
    current: tuple[str, str]
    consent: str
    status: str
    kind: str
    base: str
    channel: str
    segment: str
    parts: Mapping[str, str]
    codes: Mapping[str, str]


_RUSSIAN = _Words(
    joins={"all": ", и ", "any": ", или "},
    nobody="никто",
    everybody="все",
    none="кроме тех, у кого {}",
    or_=" или ",
    more="и ещё {}",
    yes="да",
    no="нет",
    operators={
        "equals": "{} — {}", "not_equals": "{} — не {}", "in": "{} — {}", "not_in": "{} — не {}",
        "begins_with": "{} начинается с «{}»", "contains": "{} содержит «{}»", "less": "{} меньше {}",
        "at_most": "{} не больше {}", "greater": "{} больше {}", "at_least": "{} не меньше {}",
        "between": "{} от {} до {}", "is_present": "{}: известно", "is_missing": "{}: неизвестно",
    },
    affiliation=("есть место работы: {}", "есть место работы"),
    current=("сегодня есть место работы: {}", "сегодня есть место работы"),
    consent="есть согласие: {}",
    status="состояние — {}",
    kind="вид — {}",
    base="есть в базе {}",
    channel="есть адрес для канала {}",
    segment="входит в сегмент {}",
    parts={
        "organisation": "организация", "specialty": "специальность", "position": "должность", "role": "роль",
        "schedule": "график", "city": "город", "region": "регион", "controller": "контролёр", "purpose": "цель",
        "channel": "канал", "topic": "тема", "status": "статус",
    },
    codes={
        "active": "действующий", "archived": "в архиве", "granted": "дано", "refused": "отказ", "revoked": "отозвано",
        "expired": "истекло", "hcp": "врач", "patient": "пациент", "contact": "контакт", "email": "e-mail",
        "sms": "SMS", "push": "push", "messenger": "мессенджер", "call": "звонок",
    },
)  # fmt: skip

_ENGLISH = _Words(
    joins={"all": ", and ", "any": ", or "},
    nobody="nobody",
    everybody="everybody",
    none="not those where {}",
    or_=" or ",
    more="and {} more",
    yes="yes",
    no="no",
    operators={
        "equals": "{} is {}", "not_equals": "{} is not {}", "in": "{} is {}", "not_in": "{} is not {}",
        "begins_with": "{} begins with “{}”", "contains": "{} contains “{}”", "less": "{} is less than {}",
        "at_most": "{} is at most {}", "greater": "{} is greater than {}", "at_least": "{} is at least {}",
        "between": "{} is from {} to {}", "is_present": "{} is known", "is_missing": "{} is not known",
    },
    affiliation=("works at a place with {}", "works somewhere"),
    current=("works today at a place with {}", "works somewhere today"),
    consent="has a consent with {}",
    status="state is {}",
    kind="kind is {}",
    base="is in base {}",
    channel="has an address for {}",
    segment="is in segment {}",
    parts={
        "organisation": "organisation", "specialty": "specialty", "position": "position", "role": "role",
        "schedule": "schedule", "city": "city", "region": "region", "controller": "controller", "purpose": "purpose",
        "channel": "channel", "topic": "topic", "status": "status",
    },
    codes={"hcp": "doctor", "email": "e-mail", "sms": "SMS"},
)  # fmt: skip

_LANGUAGES = {"ru": _RUSSIAN, "en": _ENGLISH}


def sentence(rule: r.Node, language: str, catalogue: Catalogue, titles: Titles | None = None) -> str:
    """Say the rule in a language (`ru` or `en`; any other is answered in English)."""
    speaker = _Speaker(_LANGUAGES.get(language, _ENGLISH), language, catalogue, titles or (lambda _kind, code: code))
    said = speaker.node(rule, top=True)
    return said[:1].upper() + said[1:] + "."


@dataclass(frozen=True, slots=True)
class _Speaker:
    words: _Words
    language: str
    catalogue: Catalogue
    titles: Titles

    def node(self, node: r.Node, *, top: bool = False) -> str:
        match node:
            case r.Group():
                return self.group(node, top=top)
            case r.AttributeLeaf():
                return self.attribute(node)
            case r.AffiliationLeaf():
                asked_of, anywhere = self.words.current if node.current else self.words.affiliation
                said = ", ".join(self.part(part, codes) for part, codes in node.parts())
                return asked_of.format(said) if said else anywhere
            case r.ConsentLeaf():
                asked = [*node.parts(), ("status", node.status)]
                return self.words.consent.format(", ".join(self.part(part, codes) for part, codes in asked))
            case r.StatusLeaf():
                return self.words.status.format(self.codes("status", node.statuses))
            case r.KindLeaf():
                return self.words.kind.format(self.codes("kind", node.kinds))
            case r.BaseLeaf():
                return self.words.base.format(self.codes("base", node.bases))
            case r.ChannelLeaf():
                return self.words.channel.format(self.codes("channel", node.channels))
            case r.SegmentLeaf():
                return self.words.segment.format(self.codes("segment", node.segments))

    def group(self, group: r.Group, *, top: bool) -> str:
        if not group.members:
            return self.words.nobody if group.quantifier is r.Quantifier.ANY else self.words.everybody
        said = [self.node(member) for member in group.members]
        if group.quantifier is r.Quantifier.NONE:
            return self.words.none.format(_bracketed(self.words.joins["any"].join(said), len(said) > 1))
        return _bracketed(self.words.joins[group.quantifier.value].join(said), len(said) > 1 and not top)

    def attribute(self, leaf: r.AttributeLeaf) -> str:
        attribute = self.catalogue.find(leaf.attribute)
        title = attribute.titles.get(self.language, leaf.attribute) if attribute else leaf.attribute
        form = self.words.operators[leaf.operator.value]
        if leaf.operator is r.Operator.BETWEEN:
            return form.format(title, *(self.value(leaf.attribute, value) for value in leaf.values))
        said = [self.value(leaf.attribute, value) for value in leaf.values]
        return form.format(title, self.listed(said))

    def part(self, part: str, codes: Sequence[str]) -> str:
        return f"{self.words.parts[part]} {self.codes(part, codes)}"

    def codes(self, kind: str, codes: Sequence[str]) -> str:
        return self.listed([self.words.codes.get(code) or self.titles(kind, code) for code in codes])

    def value(self, attribute: str, value: Value) -> str:
        if isinstance(value, float):
            return f"{value:g}"
        if value in {"true", "false"}:
            return self.words.yes if value == "true" else self.words.no
        return self.titles(attribute, value)

    def listed(self, said: Sequence[str]) -> str:
        if len(said) <= SHOWN:
            return self.words.or_.join(said)
        return ", ".join(said[:SHOWN]) + " " + self.words.more.format(len(said) - SHOWN)


def _bracketed(said: str, needed: bool) -> str:
    return f"({said})" if needed else said
