"""The streams of the installation: one per topic, bounded in age and bytes."""

from collections.abc import Mapping

from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from chassis.bus.connection import Bus
from chassis.bus.subjects import stream_name, topic_subjects

DAY = 86_400
GIB = 1 << 30

# topic: (days kept, GiB at most, work queue)
TOPICS: dict[str, tuple[int, float, bool]] = {
    "profile": (14, 4, False),
    "activity": (14, 4, False),
    "segment": (14, 1, False),
    "message": (14, 2, False),
    "delivery": (14, 2, False),
    "control": (14, 0.25, False),
    "audit": (14, 1, False),
    "inbox": (1, 2, True),
    "dead": (30, 1, False),
}


async def ensure_streams(
    bus: Bus, topics: tuple[str, ...] = tuple(TOPICS), *, own: Mapping[str, tuple[int, float, bool]] | None = None
) -> None:
    """Create the streams or bring them to today's settings (bytes and copies as the bus says); called by `migrate`.

    `own` holds the topics of a module beside the product, in the form of `TOPICS`; none of ours can be said anew.
    """
    jetstream: JetStreamContext = bus.jetstream
    for topic, (days, size, queue) in {**(own or {}), **{topic: TOPICS[topic] for topic in topics}}.items():
        config = api.StreamConfig(
            name=stream_name(bus.namespace, topic),
            subjects=[topic_subjects(bus.namespace, topic)],
            retention=api.RetentionPolicy.WORK_QUEUE if queue else api.RetentionPolicy.LIMITS,
            max_age=days * DAY,
            max_bytes=int(size * bus.stream_share * GIB),
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW if queue else api.DiscardPolicy.OLD,
            duplicate_window=120,
            num_replicas=bus.stream_replicas,
        )
        try:
            await jetstream.stream_info(config.name or "")
        except NotFoundError:
            await jetstream.add_stream(config)
        else:
            await jetstream.update_stream(config)
