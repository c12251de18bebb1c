"""The application: the ports that queries and reactions work with, wired by bootstrap."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chassis.kernel import Clock
from services.report.ports import Attributes, Facts, MessageLog, People, Warehouse


@dataclass(frozen=True, slots=True)
class App:
    """Everything that report needs from the world. `zone` is that of report days."""

    clock: Clock
    zone: ZoneInfo
    facts: Facts
    warehouse: Warehouse
    people: People
    attributes: Attributes
    messages: MessageLog
