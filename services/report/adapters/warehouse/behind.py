"""The people behind a figure: whomever a metric counts, the latest first, page by page.

Promise: the list has as many people as the figure says, because both are the same condition over the same letters.
"""

from typing import Any

from services.report.adapters.warehouse.answers import condition_of, time_of
from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.letters import Slice, letters_of, milliseconds_of
from services.report.domain.metrics import Count
from services.report.ports import Counted, CountedPeople, Page


async def people_behind(engine: Engine, campaign: Slice, count: Count, page: Page) -> CountedPeople:
    """Read one page of the people whom a count of people holds, each with the first time that it did."""
    letters = letters_of(campaign)
    parameters: dict[str, Any] = {**letters.parameters, "rows": page.limit}
    after = "1"
    if page.after is not None:
        after = "(time, person) < (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {last:String})"
        parameters |= {"at": milliseconds_of(page.after.time), "last": page.after.id}
    rows = await engine.rows(
        f"""{letters.text}
        SELECT person, time, total FROM (
            SELECT person, min({time_of(count)}) AS time, count() OVER () AS total
            FROM letters WHERE {condition_of(count)} GROUP BY person
        ) WHERE {after} ORDER BY time DESC, person DESC LIMIT {{rows:UInt32}}""",  # noqa: S608 - closed lists
        parameters,
    )
    people = [Counted(row["person"], row["time"]) for row in rows]
    return CountedPeople(people, int(rows[0]["total"]) if rows else 0)
