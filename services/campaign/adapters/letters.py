"""Letters between proto and domain, for our own RPCs and for calls to channel."""

from gen.consilium.campaign.v1 import templates_pb2 as pb
from services.campaign.domain.template import LetterContent

DEFAULT_LANGUAGE = "ru"


def content_from(content: pb.LetterContent) -> LetterContent:
    """Read a letter's content."""
    return LetterContent(
        subject=content.subject,
        body=content.body,
        preheader=content.preheader,
        from_name=content.from_name,
        fallbacks=dict(content.fallbacks),
        language=content.language or DEFAULT_LANGUAGE,
    )


def content_to(content: LetterContent) -> pb.LetterContent:
    """Tell a letter's content."""
    return pb.LetterContent(
        subject=content.subject,
        body=content.body,
        preheader=content.preheader,
        from_name=content.from_name,
        fallbacks=content.fallbacks,
        language=content.language,
    )
