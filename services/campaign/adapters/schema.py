"""What the collections `templates`, `template_versions` and `campaigns` hold.

Request batches and tallies are written in bulk and have no schema.
"""

from chassis.mongo.schema import Flag, Inner, Kept, Moment, Part, Parts, Telling, Text, Texts, Tree, Whole
from services.campaign.domain.blocks import BlockKind
from services.campaign.domain.campaign import CampaignState

_NEWEST = [
    {"name": "newest", "fields": ["workspace", "-updated_at", "-_id"]},
    {"name": "newest_of_all", "fields": ["-updated_at", "-_id"]},
]


class Creation(Inner):
    """Whose request made the thing, and the digest that a repeat must have."""

    principal = Text(required=True)
    key = Text(required=True)
    digest = Text(required=True)


class Block(Inner):
    """A piece of a letter; a draft leaves texts empty."""

    kind = Text(required=True, choices=[each.value for each in BlockKind])
    text = Text(required=True)
    address = Text(required=True)
    image = Text(required=True)
    level = Whole(required=True, min_value=0, max_value=3)
    width = Whole(required=True, min_value=0)


class Letter(Inner):
    """What a letter is made of."""

    subject = Text(required=True)
    body = Text(required=True)
    preheader = Text(required=True)
    from_name = Text(required=True)
    fallbacks = Tree(required=True)
    language = Text(required=True)
    blocks = Parts(Block)


class Template(Telling):
    """A letter under work."""

    meta = {"collection": "templates", "indexes": [*_NEWEST, {"name": "pictures", "fields": ["pictures"]}]}

    id = Text(primary_key=True)
    workspace = Text(required=True)
    name = Text(required=True)
    channel = Text(required=True)
    draft = Part(Letter, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = Whole(required=True, min_value=0)
    published_draft = Part(Letter)
    archived = Flag(required=True)
    pictures = Texts()
    creation = Part(Creation)


class TemplateVersion(Kept):
    """A letter that never changes; `_id` is `template/number`."""

    meta = {"collection": "template_versions", "indexes": [{"name": "pictures", "fields": ["pictures"]}]}

    id = Text(primary_key=True)
    template = Text(required=True)
    number = Whole(required=True, min_value=1)
    workspace = Text(required=True)
    content = Part(Letter, required=True)
    published_at = Moment(required=True)
    pictures = Texts()


class Goal(Inner):
    """What counts as success."""

    event = Text(required=True)
    window_hours = Whole(required=True, min_value=0)


class Settings(Inner):
    """What a campaign is; a draft leaves texts empty."""

    name = Text(required=True)
    segment = Text(required=True)
    template = Text(required=True)
    template_version = Whole(min_value=0)
    goal = Part(Goal)
    controller = Text(required=True)
    purpose = Text(required=True)
    topic = Text(required=True)
    channels = Texts(required=True)
    rate_per_minute = Whole(min_value=0)
    control_percent = Whole(required=True, min_value=0, max_value=100)


class Pace(Inner):
    """The anchor of a speed limit."""

    since = Moment(required=True)
    released = Whole(required=True, min_value=0)


class Run(Inner):
    """One launch."""

    id = Text(required=True)
    operation = Text(required=True)
    principal = Text(required=True)
    request = Text(required=True)
    template_version = Whole(required=True, min_value=0)
    batch_size = Whole(required=True, min_value=1)
    audience = Whole(required=True, min_value=0)
    batches = Whole(required=True, min_value=0)
    released = Whole(required=True, min_value=0)
    released_batches = Whole(required=True, min_value=0)
    pace = Part(Pace)


class Campaign(Telling):
    """A campaign and its run."""

    meta = {
        "collection": "campaigns",
        "indexes": [*_NEWEST, {"name": "lane_state", "fields": ["lane", "state", "updated_at"]}],
    }

    id = Text(primary_key=True)
    workspace = Text(required=True)
    settings = Part(Settings, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    state = Text(required=True, choices=[each.value for each in CampaignState])
    entry = Whole(required=True, min_value=0)
    run = Part(Run)
    launched_at = Moment()
    ended_at = Moment()
    creation = Part(Creation)
