"""Templates: what a letter says, as a draft under work and as versions that never change.

Promise: versions are numbered 1, 2, 3 … without gaps; a published one is what every letter of it said, for ever.
Not here: whether content can be rendered and sent (services/channel knows Liquid, MJML and links).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.campaign.domain.blocks import Block, markup_of
from services.campaign.domain.errors import LetterBodyMissing, LetterTooLarge, TemplateArchived

LARGEST_BODY = 262_144
"""Bytes of MJML, the same as the contract allows an author to write."""


_PICTURE = re.compile(r"/i/([0-9a-f]{32})(?![0-9a-f])")  # As the gateway makes the addresses of pictures.


def pictures_in(body: str) -> list[str]:
    """Name the pictures of this installation that a letter's body shows."""
    return sorted(set(_PICTURE.findall(body)))


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter is made of: Liquid in every text, MJML in the body.

    `fallbacks` maps a variable to what stands in where a person's value is missing.
    """

    subject: str
    body: str
    preheader: str = ""
    from_name: str = ""
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    language: str = "ru"
    blocks: tuple[Block, ...] = ()
    """What the body is made of; empty when its author wrote the MJML."""

    @property
    def pictures(self) -> list[str]:
        """Name the pictures of this installation that it shows."""
        return pictures_in(self.body)

    def composed(self) -> "LetterContent":
        """Return the content with the body that its blocks make; one without blocks stays as it is.

        Raises:
            LetterBodyMissing: it has neither blocks nor a body.
            LetterTooLarge: the blocks make a body that no letter may have.
        """
        if not self.blocks:
            if not self.body:
                raise LetterBodyMissing
            return self
        body = markup_of(self.blocks, self.language)
        if len(body.encode()) > LARGEST_BODY:
            raise LetterTooLarge(LARGEST_BODY)
        return replace(self, body=body)


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """A letter that never changes."""

    template: str
    number: int
    workspace: str
    content: LetterContent
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Template:
    """A letter under work."""

    id: str
    workspace: str
    name: str
    channel: str
    draft: LetterContent
    created_at: datetime
    updated_at: datetime
    version: int = 0
    published_draft: LetterContent | None = None
    archived: bool = False

    @property
    def has_unpublished_changes(self) -> bool:
        """Tell whether the draft says something else than the last version."""
        return self.draft != self.published_draft

    def edit(self, now: datetime, *, name: str | None = None, draft: LetterContent | None = None) -> "Template":
        """Change name and draft; versions stay as they are.

        Raises:
            TemplateArchived: it is set aside.
        """
        self._must_be_in_use()
        edited = replace(self, name=self.name if name is None else name, draft=self.draft if draft is None else draft)
        return self if edited == self else replace(edited, updated_at=now)

    def publish(self, now: datetime) -> tuple["Template", TemplateVersion | None]:
        """Make the draft the next version; a draft that says nothing new makes none.

        Raises:
            TemplateArchived: it is set aside.
        """
        self._must_be_in_use()
        if not self.has_unpublished_changes:
            return self, None
        number = self.version + 1
        frozen = TemplateVersion(self.id, number, self.workspace, self.draft, published_at=now)
        return replace(self, version=number, published_draft=self.draft, updated_at=now), frozen

    def archive(self, now: datetime) -> "Template":
        """Set it aside; campaigns that use a version of it go on."""
        return self if self.archived else replace(self, archived=True, updated_at=now)

    def _must_be_in_use(self) -> None:
        if self.archived:
            raise TemplateArchived(self.id)


def first_draft(
    template: str, *, workspace: str, name: str, channel: str, draft: LetterContent, now: datetime
) -> Template:
    """Begin a template; nothing of it is published yet."""
    return Template(template, workspace, name, channel, draft, created_at=now, updated_at=now)
