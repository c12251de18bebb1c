"""MongoDB: the session, migrations, leases and lanes."""

from chassis.mongo.lanes import Lanes
from chassis.mongo.migrations import Migration, migrate
from chassis.mongo.session import UNAVAILABLE, MongoUnavailable, Session, connect, engine_away

__all__ = ["UNAVAILABLE", "Lanes", "Migration", "MongoUnavailable", "Session", "connect", "engine_away", "migrate"]
