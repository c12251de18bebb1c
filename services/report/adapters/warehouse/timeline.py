"""What one person did and was sent, and what people did at all: newest first, page by page.

Promise: whose a fact is is asked at this moment, so a merge or an unmerge shows at once; the workspace is inside the
SQL. Pages go on by (time, id), so facts that arrive meanwhile neither repeat nor hide others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.kernel import WHOLE
from services.report.adapters.warehouse.engine import Engine, Row
from services.report.adapters.warehouse.letters import milliseconds_of
from services.report.adapters.warehouse.people import owned_by, person_of, persons_of
from services.report.domain.facts import DeliveryKind
from services.report.domain.question import Span
from services.report.ports import ActivitiesAsked, ActivityFound, Page, Place, TimelineAsked, TimelineEntry

_PROPERTIES = "numbers, flags, times, codes"

_ACTIVITIES = """
    SELECT 'activity' AS shown, id, name, time, source, '' AS campaign, '' AS message, '' AS channel, '' AS reason,
        false AS machine, numbers, flags, times, codes
    FROM activities FINAL
    WHERE subject IN {{subjects:Array(String)}} AND {limit}
"""

# An outcome that another one has replaced is history of the message, not of the person.
_DELIVERIES = """
    SELECT if(kind = 'outcome', 'message', 'mark') AS shown, id, code AS name, time, '' AS source, campaign, message,
        channel, reason, machine, map() AS numbers, map() AS flags, map() AS times, map() AS codes
    FROM deliveries FINAL
    WHERE subject IN {{subjects:Array(String)}} AND {limit} AND kind IN {{told:Array(String)}}
        AND NOT (code = 'unconfirmed' AND message IN (
            SELECT message FROM deliveries
            WHERE subject IN {{subjects:Array(String)}} AND kind = 'outcome' AND code != 'unconfirmed'
        ))
"""

_OWN_ACTIVITY = "base = {workspace:String}"
# What was sent in a base's name stands on its card, whoever's campaign it was.
_OWN_DELIVERY = "(workspace = {workspace:String} OR controller = {workspace:String})"

_TOLD_KINDS = {"message": DeliveryKind.OUTCOME.value, "mark": DeliveryKind.MARK.value}


@dataclass(slots=True)
class _Conditions:
    texts: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, text: str, **parameters: Any) -> None:
        self.texts.append(text)
        self.parameters |= parameters

    def within(self, span: Span, after: Place | None) -> None:
        if span.start is not None:
            self.add("time >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')", start=milliseconds_of(span.start))
        if span.end is not None:
            self.add("time < fromUnixTimestamp64Milli({end:Int64}, 'UTC')", end=milliseconds_of(span.end))
        if after is not None:
            self.add(
                "(time, id) < (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {last:String})",
                at=milliseconds_of(after.time),
                last=after.id,
            )

    @property
    def text(self) -> str:
        return " AND ".join(self.texts) or "1"


async def timeline_of(engine: Engine, asked: TimelineAsked, page: Page) -> list[TimelineEntry]:
    """Read one page of a person's entries, newest first."""
    person = await person_of(engine, asked.profile)
    conditions = _Conditions()
    conditions.within(asked.span, page.after)
    parameters: dict[str, Any] = {"subjects": await owned_by(engine, person), "rows": page.limit}
    parts = []
    if not asked.kinds or "activity" in asked.kinds:
        parts.append(_ACTIVITIES.format(limit=_limited(_OWN_ACTIVITY, asked.workspace, conditions)))
    told = [fact for kind, fact in _TOLD_KINDS.items() if not asked.kinds or kind in asked.kinds]
    if told:
        parameters["told"] = told
        parts.append(_DELIVERIES.format(limit=_limited(_OWN_DELIVERY, asked.workspace, conditions)))
    if not parts:
        return []
    if asked.workspace != WHOLE:
        parameters["workspace"] = asked.workspace
    rows = await engine.rows(
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY time DESC, id DESC LIMIT {{rows:UInt32}}",  # noqa: S608 - parts are ours
        {**parameters, **conditions.parameters},
    )
    return [
        TimelineEntry(
            id=row["id"],
            kind=row["shown"],
            name=row["name"],
            time=row["time"],
            source=row["source"],
            campaign=row["campaign"],
            message=row["message"],
            channel=row["channel"],
            reason=row["reason"],
            machine=bool(row["machine"]),
            properties=_properties(row),
        )
        for row in rows
    ]


def _limited(own: str, workspace: str, conditions: _Conditions) -> str:
    return f"{'1' if workspace == WHOLE else own} AND {conditions.text}"


async def activities_of(engine: Engine, asked: ActivitiesAsked, page: Page) -> list[ActivityFound]:
    """Read one page of a workspace's activities, newest first, each with its person of now."""
    conditions = _Conditions()
    if asked.workspace != WHOLE:
        conditions.add("base = {workspace:String}", workspace=asked.workspace)
    if asked.name:
        conditions.add("name = {name:String}", name=asked.name)
    if asked.source:
        conditions.add("source = {source:String}", source=asked.source)
    conditions.within(asked.span, page.after)
    rows = await engine.rows(
        f"SELECT id, event_id, subject, profile, source, name, time, {_PROPERTIES} FROM activities FINAL "  # noqa: S608 - conditions are ours
        f"WHERE {conditions.text} ORDER BY time DESC, id DESC LIMIT {{rows:UInt32}}",
        {**conditions.parameters, "rows": page.limit},
    )
    persons = await persons_of(engine, [row["subject"] for row in rows])
    return [
        ActivityFound(
            id=row["id"],
            event_id=row["event_id"],
            source=row["source"],
            name=row["name"],
            time=row["time"],
            profile=str(persons.get(row["subject"], row["profile"])),
            properties=_properties(row),
        )
        for row in rows
    ]


def _properties(row: Row) -> Mapping[str, str]:
    values: dict[str, str] = {}
    values |= {key: f"{number:.15g}" for key, number in row["numbers"].items()}
    values |= {key: "true" if flag else "false" for key, flag in row["flags"].items()}
    values |= {key: moment.isoformat().replace("+00:00", "Z") for key, moment in row["times"].items()}
    values |= dict(row["codes"])
    return values


async def fresh_of(engine: Engine) -> datetime | None:
    """Tell up to when facts are counted: the youngest recorded fact; None while there is none."""
    rows = await engine.rows(
        """
        SELECT max(recorded) AS fresh, sum(n) AS n FROM (
            SELECT max(recorded) AS recorded, count() AS n FROM activities
            UNION ALL SELECT max(recorded) AS recorded, count() AS n FROM deliveries
        )
        """,
        {},
    )
    return rows[0]["fresh"] if rows[0]["n"] else None
