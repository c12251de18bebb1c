"""The port `Warehouse` on the engine: one method per question, each answered by one of this folder's files."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.report.adapters.warehouse.answers import answer, days_of, tally_of
from services.report.adapters.warehouse.behind import people_behind
from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.letters import Slice
from services.report.adapters.warehouse.people import partitions_of, revisions_of
from services.report.adapters.warehouse.timeline import activities_of, fresh_of, timeline_of
from services.report.domain.metrics import Count
from services.report.domain.question import Question
from services.report.ports import (
    ActivitiesAsked,
    ActivityFound,
    Answer,
    AnswerRow,
    CampaignSlice,
    CountedPeople,
    Page,
    PartitionState,
    Tally,
    TimelineAsked,
    TimelineEntry,
)


class WarehouseReader:
    """Answers questions over the facts of one warehouse."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def timeline(self, asked: TimelineAsked, page: Page) -> list[TimelineEntry]:
        """Read a person's entries, newest first."""
        return await timeline_of(self._engine, asked, page)

    async def activities(self, asked: ActivitiesAsked, page: Page) -> list[ActivityFound]:
        """Read activities, newest first."""
        return await activities_of(self._engine, asked, page)

    async def answer(self, question: Question) -> Answer:
        """Answer metrics by dimensions."""
        return await answer(self._engine, question)

    async def days(self, campaign: CampaignSlice, zone: ZoneInfo) -> list[AnswerRow]:
        """Tell by day, or by hour, what happened."""
        return await days_of(self._engine, _slice(campaign, goals=True), zone, campaign.step)

    async def tally(self, campaign: CampaignSlice) -> Tally:
        """Count a campaign's single messages."""
        return await tally_of(self._engine, _slice(campaign))

    async def people(self, campaign: CampaignSlice, count: Count, page: Page) -> CountedPeople:
        """Read the people whom a count of people holds, the latest first."""
        return await people_behind(self._engine, _slice(campaign, goals=True), count, page)

    async def fresh(self) -> datetime | None:
        """Tell up to when facts are counted."""
        return await fresh_of(self._engine)

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count living people, absorbed ones left out, and add up their revisions, by partition."""
        return await partitions_of(self._engine)

    async def revisions(self, partition: int) -> Mapping[str, int]:
        """Give the living people of a partition, absorbed ones left out, with their revisions."""
        return await revisions_of(self._engine, partition)


def _slice(campaign: CampaignSlice, *, goals: bool = False) -> Slice:
    return Slice(
        workspace=campaign.workspace,
        campaigns=(campaign.campaign,),
        entry=campaign.entry,
        machines=campaign.machines,
        goals=goals,
    )
