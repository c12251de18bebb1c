"""A rule said as a sentence names everything as people call it."""

from chassis.kernel import new_id
from gen.consilium.segment.v1 import segments_pb2 as pb
from tests.component.segment.conftest import Segment, struct

CONSENT = {"controller": "main", "purpose": "marketing", "channel": "email", "topic": "news"}


async def test_a_sentence_names_bases_purposes_topics_and_segments(segment: Segment) -> None:
    stub = segment.stub
    made = await segment.ask(
        stub.CreateSegment,
        pb.CreateSegmentRequest(
            name="С согласием", kind=pb.SEGMENT_KIND_LIVE, rule=struct({"consent": CONSENT}), request_id=new_id()
        ),
    )
    rule = struct({"all": [{"consent": CONSENT}, {"base": "main"}, {"segment": made.id}]})

    preview = await segment.ask(stub.PreviewSegment, pb.PreviewSegmentRequest(rule=rule))

    assert preview.sentences["ru"] == (
        "Есть согласие: контролёр Клиники Севера, цель маркетинг, канал e-mail, тема новости, статус дано, "
        "и есть в базе Клиники Севера, и входит в сегмент С согласием."
    )
