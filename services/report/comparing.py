"""The daily comparison of what the warehouse holds of people with their owner, partition by partition.

Promise: whoever differs is read again as if it had changed just now; searches and facts go on meanwhile, and a person
that changes during the comparison is at worst read twice.
"""

from chassis.telemetry.logs import log
from services.report.app import App
from services.report.ports import PartitionState
from services.report.reactions import PeopleChanged, on_people_changed

_AT_ONCE = 250  # people read again at a time: each may be named by two ids, and profile answers 500
_NOBODY = PartitionState(0, 0)


async def compare(app: App) -> int:
    """Compare people and their revisions with the owner's and read again whoever differs; answers how many.

    One pass of either side counts all partitions; only those that differ are looked at person by person.
    """
    owner, mine = await app.people.partitions(), await app.warehouse.partitions()
    differing = [each for each in sorted({*owner, *mine}) if owner.get(each, _NOBODY) != mine.get(each, _NOBODY)]
    read = sum([await _repair(partition, app) for partition in differing])
    if read:
        # Whoever changed in between is among them, so a busy installation names a few.
        log().warning("warehouse.differs", partitions=len(differing), people=read)
    return read


async def _repair(partition: int, app: App) -> int:
    held = dict(await app.warehouse.revisions(partition))
    behind: dict[str, int] = {}
    async for people in app.people.revisions(partition):
        behind |= {person: revision for person, revision in people.items() if held.pop(person, None) != revision}
    # Whom the owner does not name any more was absorbed or erased meanwhile: reading him by his id says which.
    wanted = list((behind | dict.fromkeys(held, 0)).items())
    for start in range(0, len(wanted), _AT_ONCE):
        some = dict(wanted[start : start + _AT_ONCE])
        await on_people_changed(PeopleChanged(some), f"compared:{partition}:{start}", app)
    return len(wanted)
