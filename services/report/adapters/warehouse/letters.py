"""Messages put together from their facts: one row each, with its outcome, its marks and the person it belongs to now.

Promise: every question about messages starts from `letters_of`, so that all of them mean the same by "delivered".
A message's outcome is the one that channel told; `unconfirmed` gives way to any other; a message that was delivered
and returned later is bounced. The person is the one that the message's subject belongs to at this moment.
Limits: the workspace is part of the innermost WHERE: what a caller may not see is never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel import WHOLE
from services.report.adapters.warehouse.people import resolved
from services.report.domain.question import Span

# Where no goal gave a window, people count as returned for a week.
DEFAULT_WINDOW_HOURS = 168


@dataclass(frozen=True, slots=True)
class Slice:
    """Which messages are meant, and what must be known of them."""

    workspace: str
    span: Span = Span()
    campaigns: Sequence[str] = ()
    entry: int = 0
    segment: str = ""
    machines: bool = False
    goals: bool = False


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement, or the WITH part of one, and what is bound in it."""

    text: str
    parameters: dict[str, Any]


def letters_of(wanted: Slice) -> Sql:
    """Write the WITH clause that defines `letters`.

    Columns: message, campaign, entry, channel, workspace, subject, person, outcome, reason, first_time, outcome_time;
    one Bool and one time per mark (opened, opened_time, …) and for held; with `goals` also converted, converted_time,
    returned, returned_time.
    """
    rows, parameters = _facts_of(wanted)
    people = resolved(f"(SELECT subject FROM deliveries WHERE {rows})")  # noqa: S608 - conditions are ours
    having, times = _asked_in(wanted.span)
    parameters |= times
    steps = [f"told AS ({_TOLD.format(rows=rows, having=having)})", f"owned AS ({_OWNED.format(people=people)})"]
    if wanted.segment:
        parameters["segment"] = wanted.segment
        steps.append(f"sliced AS ({_SLICED})")
    source = "sliced" if wanted.segment else "owned"
    if wanted.goals:
        steps += [f"aimed AS ({_AIMED.format(source=source)})", f"done AS ({_DONE.format(source=source, rows=rows)})"]
        steps.append(f"letters AS ({_REACHED})")
    else:
        steps.append(f"letters AS (SELECT * FROM {source})")  # noqa: S608 - one of two names
    parameters["machines"] = wanted.machines
    return Sql("WITH\n" + ",\n".join(steps), parameters)


def _facts_of(wanted: Slice) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    if wanted.workspace != WHOLE:
        conditions.append("workspace = {workspace:String}")
        parameters["workspace"] = wanted.workspace
    if wanted.campaigns:
        conditions.append("campaign IN {campaigns:Array(String)}")
        parameters["campaigns"] = list(wanted.campaigns)
    if wanted.entry:
        conditions.append("entry = {entry:UInt32}")
        parameters["entry"] = wanted.entry
    if wanted.span.start is not None:
        # No fact is recorded before its message was asked for; a day allows for clocks, and whole days are skipped.
        conditions.append("recorded >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') - toIntervalDay(1)")
    return " AND ".join(conditions) or "1", parameters


def _asked_in(span: Span) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    if span.start is not None:
        conditions.append("first_time >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')")
        parameters["start"] = milliseconds_of(span.start)
    if span.end is not None:
        conditions.append("first_time < fromUnixTimestamp64Milli({end:Int64}, 'UTC')")
        parameters["end"] = milliseconds_of(span.end)
    return " AND ".join(conditions) or "1", parameters


def milliseconds_of(moment: datetime) -> int:
    """Bind a moment exactly: whole milliseconds since 1970, free of any zone."""
    return round(moment.timestamp() * 1000)


def _mark(column: str, code: str, *, by_machines: bool = True) -> str:
    counted = f"kind = 'mark' AND code = '{code}'" + (" AND ({machines:Bool} OR NOT machine)" if by_machines else "")
    counted = counted.replace("{", "{{").replace("}", "}}")
    return f"max({counted}) AS {column}, minIf(time, {counted}) AS {column}_time"


# `weight` puts what is known best last: the final outcome's address and reason win over the request's.
_TOLD = f"""
    SELECT
        message,
        any(campaign) AS campaign,
        any(entry) AS entry,
        max(node) AS node,  -- marks name none
        any(workspace) AS workspace,
        argMax(subject, weight) AS subject,
        argMax(profile, weight) AS profile,
        argMax(channel, (channel != '', weight)) AS channel,
        argMaxIf(code, (weight, -toUnixTimestamp64Milli(time)), kind = 'outcome') AS told_outcome,
        argMaxIf(reason, (weight, -toUnixTimestamp64Milli(time)), kind = 'outcome') AS told_reason,
        argMaxIf(time, (weight, -toUnixTimestamp64Milli(time)), kind = 'outcome') AS told_time,
        anyIf(reason, kind = 'mark' AND code = 'bounced-later') AS return_class,
        min(time) AS first_time,
        max(kind = 'held') AS held,
        minIf(time, kind = 'held') AS held_time,
        {_mark("opened", "opened")},
        {_mark("clicked", "clicked")},
        {_mark("replied", "replied")},
        {_mark("unsubscribed", "unsubscribed")},
        {_mark("complained", "complained")},
        {_mark("bounced_later", "bounced-later", by_machines=False)}
    FROM (
        SELECT *, multiIf(kind = 'outcome' AND code != 'unconfirmed', 3, kind = 'outcome', 2, kind = 'mark', 1, 0)
            AS weight
        FROM deliveries FINAL
        WHERE {{rows}}
    )
    GROUP BY message
    HAVING {{having}}
"""  # noqa: S608 - put together from this file's own text

_OWNED = """
    SELECT
        told.* EXCEPT (profile),
        multiIf(people.person != '', people.person, profile != '', profile, told.subject) AS person,
        if(told_outcome = 'delivered' AND bounced_later, 'bounced', told_outcome) AS outcome,
        if(told_outcome = 'delivered' AND bounced_later,
           if(return_class = '', 'later', concat('later-', return_class)), told_reason) AS reason,
        if(told_outcome = 'delivered' AND bounced_later, bounced_later_time, told_time) AS outcome_time
    FROM told LEFT JOIN ({people}) AS people ON people.subject = told.subject
"""

# A membership names the person of its time, who may have been absorbed since.
_SLICED = f"""
    SELECT * FROM owned WHERE person IN (
        SELECT if(people.person = '', members.profile, people.person)
        FROM (SELECT profile FROM memberships FINAL WHERE segment = {{segment:String}} AND member) AS members
        LEFT JOIN ({resolved("(SELECT profile FROM memberships WHERE segment = {segment:String})")}) AS people
            ON people.subject = members.profile
    )
"""  # noqa: S608 - this file's own text

_AIMED = """
    SELECT letter.*, run.goal_event AS goal_event,
        if(run.goal_window_hours = 0, {window:UInt32}, run.goal_window_hours) AS window_hours
    FROM {source} AS letter
    LEFT JOIN (SELECT campaign, entry, node, goal_event, goal_window_hours FROM runs FINAL) AS run
        ON run.campaign = letter.campaign AND run.entry = letter.entry AND run.node = letter.node
""".replace("{window:UInt32}", str(DEFAULT_WINDOW_HOURS))

_DONE = f"""
    SELECT person, groupArray((name, base, time)) AS acts
    FROM (
        SELECT subject, name, base, time FROM activities FINAL
        WHERE time >= (SELECT min(time) FROM deliveries WHERE {{rows}})
    ) AS acts
    INNER JOIN ({resolved()}) AS people ON people.subject = acts.subject
    WHERE person IN (SELECT person FROM {{source}} WHERE outcome = 'delivered')
    GROUP BY person
"""  # noqa: S608 - this file's own text

# A campaign's goal counts what its own workspace may see, whoever reads the report, so that readers agree.
_REACHED = """
    SELECT aimed.*,
        arrayMap(act -> act.3, arrayFilter(
            act -> outcome = 'delivered' AND act.3 >= told_time AND act.3 < told_time + toIntervalHour(window_hours)
                AND (workspace = '*' OR act.2 = workspace), done.acts)) AS return_times,
        arrayMap(act -> act.3, arrayFilter(
            act -> act.1 = goal_event AND outcome = 'delivered' AND act.3 >= told_time
                AND act.3 < told_time + toIntervalHour(window_hours)
                AND (workspace = '*' OR act.2 = workspace), done.acts)) AS goal_times,
        notEmpty(return_times) AS returned,
        if(returned, arrayMin(return_times), told_time) AS returned_time,
        goal_event != '' AND notEmpty(goal_times) AS converted,
        if(converted, arrayMin(goal_times), told_time) AS converted_time
    FROM aimed LEFT JOIN done ON done.person = aimed.person
"""
