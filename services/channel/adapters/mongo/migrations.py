"""Collections and indexes of channel, and the signing key of an installation that brought none."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pymongo.errors import DuplicateKeyError

from chassis import relay
from chassis.crypto import Sealer
from chassis.mongo import Migration
from chassis.mongo.session import Database
from services.channel.adapters.mongo.documents import MESSAGES

KEPT_DAYS = 90


async def _messages(database: Database) -> None:
    messages = database[MESSAGES]
    # Unique and sparse: a message stopped by a gate claims neither.
    await messages.create_index("person_key", name="one_per_person", unique=True, sparse=True)
    await messages.create_index("address_key", name="one_per_address", unique=True, sparse=True)
    await messages.create_index("worker", name="held_by", sparse=True)
    await messages.create_index("due_at", name="due", sparse=True)
    await messages.create_index([("campaign", 1), ("requested_at", -1), ("_id", -1)], name="by_campaign")
    await messages.create_index([("profile", 1), ("requested_at", -1), ("_id", -1)], name="by_profile")
    await messages.create_index([("person", 1), ("requested_at", -1), ("_id", -1)], name="by_person")
    await relay.ensure_indexes(messages)


async def _marked(database: Database) -> None:
    # Partial: a message enters when its first mark comes, so the way out pays nothing for it.
    await database[MESSAGES].create_index(
        [("campaign", 1), ("marks.kind", 1), ("requested_at", -1), ("_id", -1)],
        name="marked",
        partialFilterExpression={"marks": {"$exists": True}},
    )


STEPS = [
    Migration(1, "messages and their indexes", _messages),
    Migration(2, "an index of what was marked", _marked),
]


async def ensure_keys(keys: Database) -> None:
    """Let letters' keys die after 90 days: with the key, what a letter said can be read no more."""
    await keys["keys"].create_index("made_at", name="ninety_days", expireAfterSeconds=KEPT_DAYS * 86_400)


async def ensure_signing_key(database: Database, installation_key: bytes) -> bytes:
    """Give the installation's own DKIM key (PEM), made once and kept sealed."""
    sealer = Sealer(installation_key, "channel-dkim")
    found = await database["signing_keys"].find_one({"_id": "rsa"})
    if found is None:
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            await database["signing_keys"].insert_one({"_id": "rsa", "sealed": sealer.seal(pem, b"rsa")})
        except DuplicateKeyError:
            found = await database["signing_keys"].find_one({"_id": "rsa"})
        else:
            return pem
    assert found is not None  # noqa: S101  # read back after somebody else's insert
    return sealer.open(bytes(found["sealed"]), b"rsa")
