"""MongoDB: the session, migrations, leases and lanes."""

from chassis.mongo.asking import MongoUnavailable, asked, duplicates, engine_away, new_only
from chassis.mongo.lanes import Lanes
from chassis.mongo.migrations import Migration, migrate
from chassis.mongo.session import Session, connect

__all__ = [
    "Lanes",
    "Migration",
    "MongoUnavailable",
    "Session",
    "asked",
    "connect",
    "duplicates",
    "engine_away",
    "migrate",
    "new_only",
]
