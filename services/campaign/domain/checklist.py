"""The pre-launch check: what blocks a launch, what deserves a second look, and what would happen.

Promise: pure; whoever launches sees the same findings as whoever checked, from the same facts. Errors come first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chassis.kernel import Violation
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.errors import LetterFaulty
from services.campaign.domain.template import Template, TemplateVersion

SENDABLE = frozenset({"email"})  # channels that have an adapter
WHOLE_INSTALLATION = "*"
_LONG_HOURS = 24  # a letter that waits longer than a day is rarely what its author meant
_COMPARABLE = 30  # people of a control group; below that chance is larger than any effect of a letter


class Severity(StrEnum):
    """Whether a finding blocks the launch."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found; `detail` names no person."""

    severity: Severity
    code: str
    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class LetterProblem:
    """What channel says is wrong with the letter's content."""

    severity: Severity
    code: str
    field: str
    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would be written to now: all, those whom a channel of the campaign reaches, and why it loses the rest."""

    people: int
    reachable: int
    losses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out for a check; None is what does not exist, or what the campaign does not name yet."""

    template: Template | None = None
    version: TemplateVersion | None = None
    letter: Sequence[LetterProblem] = ()
    segment_known: bool = False
    segment_archived: bool = False
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The result of a check."""

    findings: tuple[Finding, ...]
    audience: Audience

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What blocks the launch."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def passed(self) -> bool:
        """Tell whether it may be launched."""
        return not self.errors

    @property
    def violations(self) -> list[Violation]:
        """Give the errors as violations of fields."""
        return [Violation(error.field, error.code, error.detail) for error in self.errors]


def require_sound(template: str, problems: Sequence[LetterProblem]) -> None:
    """Refuse a letter with errors: what is published could never be sent.

    Raises:
        LetterFaulty: with one violation per error.
    """
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise LetterFaulty(template, [Violation(f"draft.{each.field}", each.code, each.detail) for each in errors])


def check(campaign: Campaign, facts: Facts) -> Checklist:
    """Weigh a campaign against the facts."""
    found = [*_settings(campaign), *_letter(campaign, facts), *_audience(campaign, facts)]
    found.sort(key=lambda finding: finding.severity is Severity.WARNING)
    return Checklist(tuple(found), facts.audience or Audience(0, 0, {}))


def _error(code: str, field: str, detail: str) -> Finding:
    return Finding(Severity.ERROR, code, field, detail)


def _warning(code: str, field: str, detail: str) -> Finding:
    return Finding(Severity.WARNING, code, field, detail)


def _settings(campaign: Campaign) -> Iterator[Finding]:
    settings = campaign.settings
    if settings.goal is None:
        yield _error("GOAL_MISSING", "settings.goal", "Say which event counts as success, and within how many hours.")
    if not settings.controller:
        yield _error("CONTROLLER_MISSING", "settings.controller", "Say in whose name the letter is sent.")
    elif campaign.workspace not in (WHOLE_INSTALLATION, settings.controller):
        yield _error("CONTROLLER_FOREIGN", "settings.controller", "A base sends in its own name only.")
    if not settings.purpose:
        yield _error("PURPOSE_MISSING", "settings.purpose", "Name the purpose that people consented to.")
    if not settings.topic:
        yield _error("TOPIC_MISSING", "settings.topic", "Name the topic that people consented to.")
    if not settings.channels:
        yield _error("CHANNEL_MISSING", "settings.channels", "Choose a channel.")
    for place, channel in enumerate(settings.channels):
        if channel not in SENDABLE:
            yield _error("CHANNEL_UNSUPPORTED", f"settings.channels[{place}]", f"Nothing can be sent by {channel}.")


def _letter(campaign: Campaign, facts: Facts) -> Iterator[Finding]:
    settings, template, version = campaign.settings, facts.template, facts.version
    if not settings.template:
        yield _error("TEMPLATE_MISSING", "settings.template", "Choose a letter.")
        return
    if template is None or template.workspace != campaign.workspace:
        yield _error("TEMPLATE_UNKNOWN", "settings.template", "There is no such letter in the campaign's workspace.")
        return
    if template.archived:
        yield _error("TEMPLATE_ARCHIVED", "settings.template", "The letter is archived.")
    if settings.channels and template.channel not in settings.channels:
        yield _error("TEMPLATE_CHANNEL", "settings.template", f"The letter is made for {template.channel}.")
    if template.version == 0:
        yield _error("TEMPLATE_UNPUBLISHED", "settings.template", "Publish the letter first.")
    elif version is None:
        yield _error("TEMPLATE_VERSION_UNKNOWN", "settings.template_version", "The letter has no such version.")
    elif template.draft != version.content:
        yield _warning(
            "TEMPLATE_DRAFT_DIFFERS",
            "settings.template_version",
            f"The letter's draft says something else than version {version.number}, which will be sent.",
        )
    for problem in facts.letter:
        place = f":{problem.line}" if problem.line else ""
        yield Finding(problem.severity, problem.code, f"template.{problem.field}{place}", problem.detail)


def _audience(campaign: Campaign, facts: Facts) -> Iterator[Finding]:
    settings, audience = campaign.settings, facts.audience
    if not settings.segment:
        yield _error("SEGMENT_MISSING", "settings.segment", "Choose the audience.")
        return
    if not facts.segment_known:
        yield _error("SEGMENT_UNKNOWN", "settings.segment", "There is no such segment in the campaign's workspace.")
        return
    if facts.segment_archived:
        yield _error("SEGMENT_ARCHIVED", "settings.segment", "The segment is archived.")
    if audience is None:
        return
    if audience.people == 0:
        yield _error("AUDIENCE_EMPTY", "settings.segment", "Nobody is in the segment.")
        return
    if audience.reachable == 0:
        yield _error("AUDIENCE_UNREACHABLE", "settings.channels", "Nobody of the audience may be written to.")
    elif audience.reachable * 2 < audience.people:
        yield _warning(
            "REACH_LOW",
            "settings.segment",
            f"Only {audience.reachable} of {audience.people} people can be written to.",
        )
    if settings.rate_per_minute and audience.reachable > settings.rate_per_minute * 60 * _LONG_HOURS:
        hours = audience.reachable // (settings.rate_per_minute * 60)
        yield _warning("SENDING_LONG", "settings.rate_per_minute", f"At this speed sending takes {hours} hours.")
    if settings.control_percent and audience.people * settings.control_percent < 100 * _COMPARABLE:
        yield _warning("CONTROL_GROUP_SMALL", "settings.control_percent", "The control group is too small to compare.")
