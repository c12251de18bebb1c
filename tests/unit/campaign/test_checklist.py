"""The pre-launch check: every obstacle is named with its field, before anybody gets a letter."""

from dataclasses import replace
from typing import Any

import pytest

from services.campaign.domain.checklist import Audience, Facts, LetterProblem, Severity, check
from tests.unit.campaign.builders import CONTENT, LATER, NOW, a_campaign, a_template

TEMPLATE, VERSION = a_template().publish(NOW)
GOOD = Facts(template=TEMPLATE, version=VERSION, segment_known=True, audience=Audience(400, 300, {"no-consent": 100}))


def codes(facts: Facts = GOOD, **changes: Any) -> list[str]:
    return [finding.code for finding in check(a_campaign(**changes), facts).findings]


def test_a_campaign_with_everything_passes_and_tells_whom_it_reaches() -> None:
    checklist = check(a_campaign(), GOOD)

    assert checklist.passed
    assert checklist.findings == ()
    assert checklist.audience.losses == {"no-consent": 100}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"goal": None}, "GOAL_MISSING"),
        ({"controller": ""}, "CONTROLLER_MISSING"),
        ({"controller": "partner"}, "CONTROLLER_FOREIGN"),
        ({"purpose": ""}, "PURPOSE_MISSING"),
        ({"topic": ""}, "TOPIC_MISSING"),
        ({"channels": ()}, "CHANNEL_MISSING"),
        ({"template": ""}, "TEMPLATE_MISSING"),
        ({"segment": ""}, "SEGMENT_MISSING"),
    ],
)
def test_what_a_launch_needs_is_asked_for(change: dict[str, Any], code: str) -> None:
    assert codes(**change) == [code]


def test_a_channel_without_an_adapter_is_an_error_at_its_place() -> None:
    findings = check(a_campaign(channels=("email", "sms")), GOOD).findings

    assert [(finding.code, finding.field) for finding in findings] == [("CHANNEL_UNSUPPORTED", "settings.channels[1]")]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(GOOD, template=None), "TEMPLATE_UNKNOWN"),
        (replace(GOOD, template=replace(TEMPLATE, workspace="partner")), "TEMPLATE_UNKNOWN"),
        (replace(GOOD, template=TEMPLATE.archive(LATER)), "TEMPLATE_ARCHIVED"),
        (replace(GOOD, template=a_template(), version=None), "TEMPLATE_UNPUBLISHED"),
        (replace(GOOD, version=None), "TEMPLATE_VERSION_UNKNOWN"),
        (replace(GOOD, segment_known=False), "SEGMENT_UNKNOWN"),
        (replace(GOOD, segment_archived=True), "SEGMENT_ARCHIVED"),
        (replace(GOOD, audience=Audience(0, 0, {})), "AUDIENCE_EMPTY"),
        (replace(GOOD, audience=Audience(5, 0, {"no-consent": 5})), "AUDIENCE_UNREACHABLE"),
    ],
)
def test_what_blocks_is_an_error(facts: Facts, code: str) -> None:
    checklist = check(a_campaign(), facts)

    assert [violation.reason for violation in checklist.violations] == [code]
    assert not checklist.passed


def test_warnings_do_not_block_and_come_after_errors() -> None:
    facts = replace(
        GOOD,
        template=TEMPLATE.edit(LATER, draft=replace(CONTENT, subject="Changed")),
        audience=Audience(400, 100, {"no-consent": 300}),
        letter=[
            LetterProblem(Severity.WARNING, "LINK_PLAIN_HTTP", "body", 3, "A link is not encrypted."),
            LetterProblem(Severity.ERROR, "UNSUBSCRIBE_LINK_MISSING", "body", 0, "There is no way out."),
        ],
    )

    checklist = check(a_campaign(rate_per_minute=1, control_percent=1), facts)

    assert [(finding.code, finding.field) for finding in checklist.findings] == [
        ("UNSUBSCRIBE_LINK_MISSING", "template.body"),
        ("TEMPLATE_DRAFT_DIFFERS", "settings.template_version"),
        ("LINK_PLAIN_HTTP", "template.body:3"),
        ("REACH_LOW", "settings.segment"),
        ("CONTROL_GROUP_SMALL", "settings.control_percent"),
    ]


def test_a_speed_that_takes_days_is_a_warning() -> None:
    facts = replace(GOOD, audience=Audience(3_000, 3_000, {}))

    assert codes(facts, rate_per_minute=1) == ["SENDING_LONG"]
