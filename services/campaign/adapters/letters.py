"""Letters between proto and domain, for our own RPCs and for calls to channel."""

from gen.consilium.campaign.v1 import templates_pb2 as pb
from services.campaign.domain.blocks import Block, BlockKind, line_of
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
        blocks=tuple(_block_from(block) for block in content.blocks),
    )


def _block_from(block: pb.Block) -> Block:
    return Block(
        kind=BlockKind(pb.BlockKind.Name(block.kind).removeprefix("BLOCK_KIND_").lower()),
        text=block.text,
        address=block.address,
        image=block.image,
        level=block.level,
        width=block.width,
    )


def _block_to(block: Block, place: int) -> pb.Block:
    return pb.Block(
        kind=pb.BlockKind.Value(f"BLOCK_KIND_{block.kind.upper()}"),
        text=block.text,
        address=block.address,
        image=block.image,
        level=block.level,
        width=block.width,
        line=line_of(place),
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
        blocks=[_block_to(block, place) for place, block in enumerate(content.blocks)],
    )
