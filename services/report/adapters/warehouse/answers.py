"""From a typed question to one SQL, and from its rows to figures.

Promise: names of metrics and dimensions come from closed lists; every value of a caller is bound.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.letters import Slice, Sql, letters_of
from services.report.domain.metrics import Count, Figure, Sign, Unit, figure_of
from services.report.domain.question import Dimension, Question
from services.report.domain.registry import METRICS, counts_behind
from services.report.ports import Answer, AnswerRow, Tally

_DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.DAY: "toString(toDate(first_time, {zone:String}))",
    Dimension.CAMPAIGN: "campaign",
    Dimension.ENTRY: "toString(entry)",
    Dimension.CHANNEL: "channel",
    Dimension.OUTCOME: "outcome",
    Dimension.REASON: "reason",
}

_SIGNS: Mapping[Sign, str] = {
    Sign.HELD: "held",
    Sign.OPENED: "opened",
    Sign.CLICKED: "clicked",
    Sign.REPLIED: "replied",
    Sign.UNSUBSCRIBED: "unsubscribed",
    Sign.COMPLAINED: "complained",
    Sign.BOUNCED_LATER: "bounced_later",
    Sign.CONVERTED: "converted",
    Sign.RETURNED: "returned",
}

_GOALS = {Sign.CONVERTED, Sign.RETURNED}
_NO_MARKS = {Sign.HELD, *_GOALS}


def sql_of(question: Question) -> Sql:
    """Write the one statement that answers a question: a column per dimension and one per count behind its metrics."""
    counts = counts_behind(question.metrics)
    letters = letters_of(
        Slice(
            workspace=question.workspace,
            span=question.span,
            campaigns=question.campaigns,
            entry=question.entry,
            segment=question.segment,
            machines=question.machines,
            goals=any(count.sign in _GOALS for count in counts.values()),
        )
    )
    columns = [f"{_DIMENSIONS[dimension]} AS d_{dimension.value}" for dimension in question.dimensions]
    columns += [f"{_counted(count)} AS n_{name}" for name, count in counts.items()]
    names = ", ".join(f"d_{dimension.value}" for dimension in question.dimensions)
    grouped = f"\nGROUP BY {names}\nORDER BY {names}" if names else ""
    text = f"{letters.text}\nSELECT {', '.join(columns)}\nFROM letters{grouped}\nLIMIT {{rows:UInt32}}"
    parameters = {**letters.parameters, "rows": question.limit + 1}
    if Dimension.DAY in question.dimensions:
        parameters["zone"] = question.zone.key
    return Sql(text, parameters)


def condition_of(count: Count) -> str:
    """Write which letters a count holds."""
    conditions = []
    if count.outcomes:
        outcomes = ", ".join(f"'{outcome}'" for outcome in count.outcomes)
        conditions.append(f"outcome IN ({outcomes})")
    if count.sign is not None:
        conditions.append(_SIGNS[count.sign])
    return " AND ".join(conditions) or "1"


def time_of(count: Count) -> str:
    """Write when a letter began to count."""
    if count.sign is not None:
        return f"{_SIGNS[count.sign]}_time"
    return "outcome_time" if count.outcomes else "first_time"


def _counted(count: Count) -> str:
    condition = condition_of(count)
    return f"uniqExactIf(person, {condition})" if count.unit is Unit.PEOPLE else f"countIf({condition})"


async def answer(engine: Engine, question: Question) -> Answer:
    """Answer a question."""
    sql = sql_of(question)
    found = await engine.rows(sql.text, sql.parameters)
    names = list(counts_behind(question.metrics))
    rows = [
        AnswerRow(
            {dimension.value: row[f"d_{dimension.value}"] for dimension in question.dimensions},
            _figures(question, {name: int(row[f"n_{name}"]) for name in names}),
        )
        for row in found[: question.limit]
    ]
    return Answer(rows, truncated=len(found) > question.limit)


def _figures(question: Question, counted: Mapping[str, int]) -> dict[str, Figure]:
    return {metric.name: figure_of(metric, counted) for metric in question.metrics}


_STEPS = {"day": "%F", "hour": "%FT%H:00"}
"""How a day, and an hour of it, are written in the report's zone."""


async def days_of(engine: Engine, campaign: Slice, zone: ZoneInfo, step: str = "day") -> list[AnswerRow]:
    """Tell by day, or by hour, what happened: each message's request and outcome, each person's first open and so on.

    Every count here adds up, over the rows, to the metric of the same name over the same messages.
    """
    letters = letters_of(campaign)
    counts = counts_behind([METRICS[name] for name in _BY_DAY])
    happened = ",\n".join(_happening(name, count) for name, count in counts.items())
    found = await engine.rows(
        f"""{letters.text}
        SELECT formatDateTime(time, '{_STEPS[step]}', {{zone:String}}) AS day, metric, count() AS n FROM (
            SELECT act.1 AS metric, act.2 AS who, min(act.4) AS time FROM (
                SELECT arrayJoin(arrayFilter(act -> act.3, [{happened}])) AS act FROM letters
            ) GROUP BY metric, who
        ) GROUP BY day, metric ORDER BY day, metric""",  # noqa: S608 - closed lists
        {**letters.parameters, "zone": zone.key},
    )
    days: dict[str, dict[str, int]] = {}
    for row in found:
        days.setdefault(row["day"], {})[row["metric"]] = int(row["n"])
    return [
        AnswerRow({step: day}, {name: figure_of(METRICS[name], {name: counted.get(name, 0)}) for name in _BY_DAY})
        for day, counted in days.items()
    ]


_BY_DAY = (
    "requested", "sent", "delivered", "bounced", "failed", "reached",
    "opened", "clicked", "replied", "unsubscribed", "complained", "converted", "returned",
)  # fmt: skip


def _happening(name: str, rule: Count) -> str:
    who = "person" if rule.unit is Unit.PEOPLE else "message"
    return f"('{name}', {who}, toBool({condition_of(rule)}), {time_of(rule)})"


async def tally_of(engine: Engine, campaign: Slice) -> Tally:
    """Count a campaign's single messages as channel told them: a later bounce stays a mark of a delivered message."""
    letters = letters_of(campaign)
    signs = {sign: column for sign, column in _SIGNS.items() if sign not in _NO_MARKS}
    marks = ", ".join(f"countIf({column}) AS n_{column}" for column in signs.values())
    found = await engine.rows(
        f"{letters.text}\nSELECT told_outcome, count() AS n, {marks} FROM letters GROUP BY told_outcome",
        letters.parameters,
    )
    counted = {sign.value: sum(int(row[f"n_{column}"]) for row in found) for sign, column in signs.items()}
    return Tally(
        requested=sum(int(row["n"]) for row in found),
        outcomes={row["told_outcome"]: int(row["n"]) for row in found if row["told_outcome"]},
        marks={mark: count for mark, count in counted.items() if count},
    )
