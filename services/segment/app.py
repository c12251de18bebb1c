"""What every handler is given: the ports, wired once by bootstrap.py."""

from dataclasses import dataclass

from chassis.kernel import Clock
from services.segment.audiences import Audiences
from services.segment.ports import (
    Absorptions,
    Catalogues,
    Freshness,
    Memberships,
    NumberSets,
    People,
    PeopleIndex,
    Profiles,
    Recounts,
    SegmentStore,
    Snapshots,
)


@dataclass(frozen=True, slots=True)
class App:
    """The service's ports."""

    segments: SegmentStore
    memberships: Memberships
    absorptions: Absorptions
    snapshots: Snapshots
    people: People
    index: PeopleIndex
    profiles: Profiles
    catalogues: Catalogues
    recounts: Recounts
    freshness: Freshness
    sets: NumberSets
    audiences: Audiences
    clock: Clock
