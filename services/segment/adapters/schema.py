"""What the collection `segments` holds; memberships are written in bulk and have no schema."""

from chassis.mongo.schema import Flag, Moment, Telling, Text, Texts, Tree, Whole
from services.segment.domain.segment import SegmentKind, SegmentState


class Segment(Telling):
    """A segment; `rule` is judged by the rule language, `request` is the digest of the call that made it."""

    meta = {
        "collection": "segments",
        "indexes": [
            {"name": "workspace_state", "fields": ["workspace", "state", "-updated"]},
            {"name": "uses", "fields": ["uses"]},
        ],
    }

    id = Text(primary_key=True)
    workspace = Text(required=True)
    name = Text(required=True)
    kind = Text(required=True, choices=[each.value for each in SegmentKind])
    state = Text(required=True, choices=[each.value for each in SegmentState])
    rule = Tree()
    uses = Texts(required=True)
    auto_update = Flag(required=True)
    created = Moment(required=True)
    updated = Moment(required=True)
    refreshed = Moment()
    version = Whole(required=True, min_value=1)
    request = Text()
