"""A letter before it has a reader: what its author wrote, and what every reader's copy is made of.

Promise: plain data, no markup engine.
Not here: variables (domain/variables.py), MJML and Liquid (adapters/letters), the envelope (domain/sending.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What the author wrote: one immutable version of a template."""

    subject: str
    body: str
    """MJML with Liquid."""
    preheader: str = ""
    from_name: str = ""
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    """What stands for a variable whose value is missing or empty."""
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class LetterFinding:
    """One thing that is wrong with a letter; an error keeps it from being sent."""

    severity: str
    code: str
    field: str
    detail: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class LetterReport:
    """What the check of a letter found."""

    findings: tuple[LetterFinding, ...]
    variables: tuple[str, ...]
    links: tuple[str, ...]
    size: int

    @property
    def sendable(self) -> bool:
        return all(finding.severity != "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """One reader's copy, before it is packed for the wire."""

    subject: str
    html: str
    text: str
    links: tuple[str, ...]
    """Addresses made for this reader alone, in the order of their numbers after the letter's own."""
    preheader: str = ""


def is_missing(value: object) -> bool:
    """Tell whether a fallback must stand in: absent, empty or nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def with_fallbacks(values: Mapping[str, object], fallbacks: Mapping[str, str]) -> dict[str, object]:
    """Put fallbacks where a value is missing, empty or nothing but white space."""
    filled = dict(values)
    for name, fallback in fallbacks.items():
        if is_missing(filled.get(name)):
            filled[name] = fallback
    return filled


@dataclass(frozen=True, slots=True)
class LetterData:
    """What one reader's copy is made from besides the template."""

    address: str = field(repr=False)
    values: Mapping[str, object] = field(repr=False)
