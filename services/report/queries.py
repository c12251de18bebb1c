"""Questions of screens and services: one function each, over the warehouse alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel import WHOLE
from services.report.app import App
from services.report.domain.errors import CampaignUnknown, MetricUnknown
from services.report.domain.metrics import Count, Figure, Metric, Unit
from services.report.domain.question import Question, ask
from services.report.domain.registry import METRICS
from services.report.domain.spreadsheet import csv_of, json_of
from services.report.ports import (
    ActivitiesAsked,
    ActivityFound,
    Answer,
    AnswerRow,
    CampaignSlice,
    CountedPeople,
    Page,
    Place,
    TimelineAsked,
    TimelineEntry,
)


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """A campaign's figures in the registry's order, its messages by outcome and reason, and its days."""

    figures: list[tuple[Metric, Figure]]
    outcomes: list[tuple[str, str, int]]
    days: list[AnswerRow]
    fresh: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure on which the warehouse and channel's log disagree."""

    name: str
    here: int
    there: int


async def get_timeline(asked: TimelineAsked, page: Page, app: App) -> tuple[list[TimelineEntry], Place | None]:
    """Read one page of a person's timeline and where the next one begins, if there is one."""
    found = await app.warehouse.timeline(asked, replace(page, limit=page.limit + 1))
    shown = found[: page.limit]
    return shown, Place(shown[-1].time, shown[-1].id) if len(found) > page.limit else None


async def search_activities(asked: ActivitiesAsked, page: Page, app: App) -> tuple[list[ActivityFound], Place | None]:
    """Read one page of activities and where the next one begins, if there is one."""
    found = await app.warehouse.activities(asked, replace(page, limit=page.limit + 1))
    shown = found[: page.limit]
    return shown, Place(shown[-1].time, shown[-1].id) if len(found) > page.limit else None


async def query_report(question: Question, app: App) -> tuple[Answer, datetime | None]:
    """Answer a question, and tell up to when facts are counted."""
    return await app.warehouse.answer(question), await app.warehouse.fresh()


async def export_report(question: Question, form: str, app: App) -> tuple[str, bool]:
    """Write the answer as CSV or JSON lines, a column per dimension and per metric; tells whether rows were cut off."""
    answer = await app.warehouse.answer(question)
    columns = [dimension.value for dimension in question.dimensions] + [metric.name for metric in question.metrics]
    rows = [{**row.dimensions, **{name: figure.value for name, figure in row.figures.items()}} for row in answer.rows]
    return (csv_of if form == "csv" else json_of)(columns, rows), answer.truncated


async def get_campaign_report(campaign: CampaignSlice, app: App) -> CampaignReport:
    """Put together what a campaign's screen shows; a campaign that nobody launched has figures of 0."""
    whole = ask(
        campaign.workspace,
        list(METRICS),
        app.zone,
        campaigns=[campaign.campaign],
        entry=campaign.entry,
        machines=campaign.machines,
    )
    by_outcome = ask(
        campaign.workspace,
        ["requested"],
        app.zone,
        dimensions=["outcome", "reason"],
        campaigns=[campaign.campaign],
        entry=campaign.entry,
    )
    figures = (await app.warehouse.answer(whole)).rows[0].figures
    ended = (await app.warehouse.answer(by_outcome)).rows
    return CampaignReport(
        figures=[(METRICS[name], figure) for name, figure in figures.items()],
        outcomes=[
            (row.dimensions["outcome"], row.dimensions["reason"], row.figures["requested"].numerator)
            for row in ended
            if row.dimensions["outcome"]
        ],
        days=await app.warehouse.days(campaign, app.zone),
        fresh=await app.warehouse.fresh(),
    )


async def list_campaign_people(
    campaign: CampaignSlice, metric: str, page: Page, app: App
) -> tuple[CountedPeople, Place | None]:
    """Read one page of the people behind a campaign's figure and where the next one begins, if there is one.

    Raises:
        MetricUnknown: no metric of this name counts people.
    """
    rule = METRICS[metric].rule if metric in METRICS else None
    if not isinstance(rule, Count) or rule.unit is not Unit.PEOPLE:
        raise MetricUnknown(metric)
    found = await app.warehouse.people(campaign, rule, replace(page, limit=page.limit + 1))
    shown = found.people[: page.limit]
    following = Place(shown[-1].time, shown[-1].profile) if len(found.people) > page.limit else None
    return replace(found, people=shown), following


async def reconcile_campaign(campaign: CampaignSlice, app: App) -> list[Difference]:
    """Compare a campaign's counts here with channel's log of single messages; names what differs, in order.

    Raises:
        CampaignUnknown: the workspace has no message of it, so what channel counts is not the caller's to know.
    """
    here = await app.warehouse.tally(campaign)
    if not here.requested and campaign.workspace != WHOLE:
        raise CampaignUnknown(campaign.campaign)
    there = await app.messages.tally(campaign)
    counted = [("requested", here.requested, there.requested)]
    for mine, theirs in ((here.outcomes, there.outcomes), (here.marks, there.marks)):
        counted += [(name, mine.get(name, 0), theirs.get(name, 0)) for name in sorted({*mine, *theirs})]
    return [Difference(name, mine, theirs) for name, mine, theirs in counted if mine != theirs]


def list_metrics() -> Sequence[Metric]:
    """Name every metric, in the order in which reports show them."""
    return list(METRICS.values())
