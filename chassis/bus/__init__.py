"""The bus: facts over JetStream. Subjects, streams, publishing in batches, consuming in lanes, dead letters."""

from chassis.bus.connection import Bus, BusUnavailable, connect
from chassis.bus.consumer import Consumer, Delivery, run_lane
from chassis.bus.publisher import Publisher
from chassis.bus.streams import TOPICS, ensure_streams
from chassis.bus.subjects import stream_name, subject

__all__ = [
    "TOPICS",
    "Bus",
    "BusUnavailable",
    "Consumer",
    "Delivery",
    "Publisher",
    "connect",
    "ensure_streams",
    "run_lane",
    "stream_name",
    "subject",
]
