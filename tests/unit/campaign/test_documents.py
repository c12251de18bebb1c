"""What is on disk: a change here needs a migration."""

from datetime import UTC, datetime

from chassis.outbox import FIELDS
from services.campaign.adapters.mongo.documents import from_document, to_document
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.template import Template
from tests.unit.campaign.builders import NOW, a_sending_campaign, a_template

CAMPAIGN = {
    "_id": "campaign-1",
    "workspace": "main",
    "settings": {
        "name": "Spring webinar",
        "segment": "segment-1",
        "template": "template-1",
        "template_version": None,
        "goal": {"event": "webinar_registered", "window_hours": 72},
        "controller": "main",
        "purpose": "marketing",
        "topic": "webinars",
        "channels": ("email",),
        "rate_per_minute": None,
        "control_percent": 0,
    },
    "created_at": NOW,
    "updated_at": NOW,
    "state": "sending",
    "entry": 1,
    "run": {
        "id": "run-1",
        "operation": "operation-1",
        "principal": "person-1",
        "request": "key-1",
        "template_version": 1,
        "batch_size": 100,
        "audience": 250,
        "batches": 3,
        "released": 200,
        "released_batches": 2,
        "pace": {"since": NOW, "released": 0},
    },
    "launched_at": NOW,
    "ended_at": None,
}
LETTER = {
    "subject": "Hello, {{ given_name }}",
    "body": "<mjml></mjml>",
    "preheader": "",
    "from_name": "",
    "fallbacks": {"given_name": "colleague"},
    "language": "ru",
    "blocks": (),
}
TEMPLATE = {
    "_id": "template-1",
    "workspace": "main",
    "name": "Invitation",
    "channel": "email",
    "draft": LETTER,
    "created_at": NOW,
    "updated_at": NOW,
    "version": 1,
    "published_draft": LETTER,
    "archived": False,
}


def test_a_campaign_is_kept_and_read_like_this() -> None:
    campaign = a_sending_campaign().release(batches=2, requests=200)

    assert to_document(campaign) == CAMPAIGN
    assert from_document(CAMPAIGN, Campaign) == campaign


def test_a_template_is_kept_and_read_like_this() -> None:
    template, _ = a_template().publish(NOW)

    assert to_document(template) == TEMPLATE
    assert from_document(TEMPLATE, Template) == template


def test_what_the_outbox_needs_does_not_meet_what_the_domain_means() -> None:
    assert not set(FIELDS) & {*CAMPAIGN, *TEMPLATE}


def test_what_a_document_holds_beyond_the_domain_is_left_aside() -> None:
    document = {**CAMPAIGN, "revision": 7, "outbox": [{"body": b"x"}], "published_at": datetime.now(UTC)}

    assert from_document(document, Campaign) == a_sending_campaign().release(batches=2, requests=200)
