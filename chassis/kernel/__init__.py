"""What even the pure domain may lean on: ids, time, problems, etags. Standard library only."""

from chassis.kernel.clock import Clock, FixedClock, SystemClock, milliseconds
from chassis.kernel.etag import Etag, EtagStale
from chassis.kernel.ids import LANES, PARTITIONS, derived_id, lane_of, lane_partitions, new_id, partition_of
from chassis.kernel.problem import Code, Problem, Violation
from chassis.kernel.workspace import WHOLE, seen_from, sees

__all__ = [
    "LANES",
    "PARTITIONS",
    "WHOLE",
    "Clock",
    "Code",
    "Etag",
    "EtagStale",
    "FixedClock",
    "Problem",
    "SystemClock",
    "Violation",
    "derived_id",
    "lane_of",
    "lane_partitions",
    "milliseconds",
    "new_id",
    "partition_of",
    "seen_from",
    "sees",
]
