"""Templates: a draft under work, versions that never change."""

from dataclasses import replace

import pytest

from services.campaign.domain.errors import TemplateArchived
from tests.unit.campaign.builders import CONTENT, LATER, NOW, a_template


def test_publishing_makes_versions_without_gaps() -> None:
    template, first = a_template().publish(NOW)
    template, second = template.edit(LATER, draft=replace(CONTENT, subject="Reminder")).publish(LATER)

    assert first is not None
    assert second is not None
    assert (first.number, first.content) == (1, CONTENT)
    assert (second.number, second.content.subject, second.published_at) == (2, "Reminder", LATER)
    assert template.version == 2


def test_publishing_an_unchanged_draft_makes_no_version() -> None:
    template, _ = a_template().publish(NOW)

    assert template.publish(LATER) == (template, None)


def test_a_draft_that_went_back_to_the_published_words_has_no_changes() -> None:
    template, _ = a_template().publish(NOW)
    edited = template.edit(LATER, draft=replace(CONTENT, subject="Other"))

    assert edited.has_unpublished_changes
    assert not edited.edit(LATER, draft=CONTENT).has_unpublished_changes


def test_an_edit_that_says_nothing_new_changes_nothing() -> None:
    template = a_template()

    assert template.edit(LATER, name=template.name, draft=CONTENT) is template


def test_an_archived_template_is_only_read() -> None:
    template = a_template().archive(NOW)

    assert template.archive(LATER) is template
    with pytest.raises(TemplateArchived):
        template.edit(LATER, name="Other")
    with pytest.raises(TemplateArchived):
        template.publish(LATER)
