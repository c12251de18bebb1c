"""Names on the bus: `<namespace>.<topic>.v1.<event>.<partition>`, one stream `<NAMESPACE>_<TOPIC>` per topic.

Subjects never end in a person: a million subjects cost memory, and purging by subject leaves the bytes on disk.
"""

from chassis.kernel import lane_partitions


def stream_name(namespace: str, topic: str) -> str:
    """Name the stream of a topic: CONSILIUM_PROFILE."""
    return f"{namespace}_{topic}".upper().replace("-", "_")


def subject(namespace: str, topic: str, event: str, partition: int) -> str:
    """Name the subject of a fact."""
    return f"{namespace}.{topic}.v1.{event}.{partition}"


def topic_subjects(namespace: str, topic: str) -> str:
    """Name all subjects of a topic."""
    return f"{namespace}.{topic}.v1.>"


def lane_subjects(namespace: str, topic: str, lane: int) -> list[str]:
    """Name the subjects that a lane carries, one per partition."""
    return [subject(namespace, topic, "*", partition) for partition in lane_partitions(lane)]


def durable_name(service: str, purpose: str, lane: int) -> str:
    """Name the durable consumer of a purpose in a lane: `segment-index-3`."""
    return f"{service}-{purpose}-{lane}"
