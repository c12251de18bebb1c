"""What the collections `users`, `views` and `api_keys` hold; the trail is written in bulk and has no schema."""

from chassis.mongo.schema import Flag, Inner, Kept, Moment, Parts, Telling, Text, Texts, Tree, Whole


class User(Telling):
    """Somebody who signed in, by the hash of the provider's subject."""

    meta = {"collection": "users", "indexes": [{"name": "last_seen", "fields": ["-last_seen_at", "-_id"]}]}

    id = Text(primary_key=True)
    roles = Texts(required=True)
    workspaces = Texts(required=True)
    last_seen_at = Moment(required=True)
    name = Text()
    language = Text()
    preferences = Tree()


class View(Kept):
    """A list as somebody likes to see it; its name and state sealed, for a name or a filter may name somebody."""

    meta = {
        "collection": "views",
        "indexes": [
            {"name": "by_screen", "fields": ["workspace", "screen"]},
            {"name": "by_owner", "fields": ["owner"]},
        ],
    }

    id = Text(primary_key=True)
    owner = Text(required=True)
    workspace = Text(required=True)
    screen = Text(required=True)
    name = Text(required=True)
    state = Text(required=True)
    shared = Flag(required=True)
    updated_at = Moment(required=True)
    request = Text(required=True)


class Period(Inner):
    """One declared freeze."""

    id = Text(required=True)
    title = Text(required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    scopes = Texts(required=True)
    declared_by = Text(required=True)
    lifted_at = Moment()


class Freezes(Telling):
    """All declared freezes of the installation."""

    meta = {"collection": "freezes"}

    id = Text(primary_key=True)
    periods = Parts(Period, required=True)


class ApiKey(Telling):
    """A key of an outside system; of its secret only the digest."""

    meta = {"collection": "api_keys", "indexes": [{"name": "newest", "fields": ["-created_at", "-_id"]}]}

    id = Text(primary_key=True)
    title = Text(required=True)
    digest = Text(required=True, min_length=64, max_length=64)
    roles = Texts(required=True)
    workspaces = Texts(required=True)
    created_by = Text(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    revoked_at = Moment()
    calls_per_minute = Whole(min_value=0)
