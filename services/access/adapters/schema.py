"""What the collections `users` and `api_keys` hold; the trail is written in bulk and has no schema."""

from chassis.mongo.schema import Moment, Telling, Text, Texts


class User(Telling):
    """Somebody who signed in, by the hash of the provider's subject."""

    meta = {"collection": "users", "indexes": [{"name": "last_seen", "fields": ["-last_seen_at", "-_id"]}]}

    id = Text(primary_key=True)
    roles = Texts(required=True)
    workspaces = Texts(required=True)
    last_seen_at = Moment(required=True)


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
