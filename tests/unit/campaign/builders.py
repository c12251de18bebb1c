"""Campaigns and templates for tests: valid unless the test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.campaign.domain.campaign import Campaign, CampaignSettings, Goal, Run, draft
from services.campaign.domain.template import LetterContent, Template, first_draft

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
CONTENT = LetterContent(subject="Hello, {{ given_name }}", body="<mjml></mjml>", fallbacks={"given_name": "colleague"})
SETTINGS = CampaignSettings(
    name="Spring webinar",
    segment="segment-1",
    template="template-1",
    goal=Goal("webinar_registered", 72),
    controller="main",
    purpose="marketing",
    topic="webinars",
    channels=("email",),
)


def a_campaign(**changes: Any) -> Campaign:
    return draft("campaign-1", "main", replace(SETTINGS, **changes), NOW)


def a_run(batch_size: int = 100) -> Run:
    return Run(
        id="run-1",
        operation="operation-1",
        principal="person-1",
        request="key-1",
        template_version=1,
        batch_size=batch_size,
    )


def a_launching_campaign(**changes: Any) -> Campaign:
    return a_campaign(**changes).launch(a_run(), NOW)


def a_sending_campaign(audience: int = 250, batches: int = 3) -> Campaign:
    return a_launching_campaign().send(audience=audience, batches=batches, now=NOW)


def a_template(draft: LetterContent = CONTENT) -> Template:
    return first_draft("template-1", workspace="main", name="Invitation", channel="email", draft=draft, now=NOW)
