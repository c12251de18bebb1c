"""Reports, the timeline and activities on the wire."""

from pydantic import Field

from gateway.models.manner import Body, Time, View
from gateway.models.shared import Interval


class TimelineEntry(View):
    """One thing that happened."""

    id: str = Field(description="Its id.")
    kind: str = Field(description="'activity', 'message' or 'mark'.")
    name: str = Field(description="The activity's name, the outcome's or the mark's code.")
    time: Time | None = Field(default=None, description="When.")
    source: str = Field(description="The source, for activities.")
    campaign: str = Field(description="The campaign, for messages and marks.")
    message: str = Field(description="The message, for messages and marks.")
    channel: str = Field(description="The channel, for messages and marks.")
    properties: dict[str, str] = Field(description="Non-personal properties of an activity.")
    reason: str = Field(description="The reason, for messages.")
    machine: bool = Field(description="By a machine, for marks.")


class CountedPerson(View):
    """Somebody whom a figure counts."""

    profile: str = Field(description="The person, as known now.")
    time: Time | None = Field(default=None, description="The first time that it did.")


class Activity(View):
    """One activity."""

    event_id: str = Field(description="The sender's id.")
    source: str = Field(description="The source.")
    name: str = Field(description="What was done.")
    time: Time | None = Field(default=None, description="When.")
    profile: str = Field(description="The person it belongs to now, empty while anonymous.")
    properties: dict[str, str] = Field(description="Non-personal properties.")


class SearchActivities(Body):
    """Which activities to find."""

    name: str | None = Field(default=None, max_length=64, description="Only this name.")
    source: str | None = Field(default=None, max_length=64, description="Only this source.")
    interval: Interval | None = Field(default=None, description="Only within.")
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")


class QueryReport(Body):
    """Which metrics, by what."""

    metrics: list[str] = Field(min_length=1, max_length=20, description="Metrics by name.")
    dimensions: list[str] | None = Field(
        default=None, max_length=3, description="'day', 'campaign', 'entry', 'channel', 'outcome', 'reason'."
    )
    interval: Interval | None = Field(default=None, description="Only within.")
    campaigns: list[str] | None = Field(default=None, max_length=100, description="Only these campaigns.")
    segment: str | None = Field(
        default=None, max_length=64, description="Only messages to people who are in this segment now."
    )
    machines: bool | None = Field(default=None, description="Opens and clicks by machines too.")
    limit: int | None = Field(default=None, ge=0, le=10000, description="At most this many rows, 1,000 when 0.")


class MetricValue(View):
    """A figure with what it was made from."""

    value: float | None = Field(default=None, description="The figure; absent when its denominator is 0.")
    numerator: int = Field(description="Above the line.")
    denominator: int = Field(description="Below the line; 0 for plain counts.")


class ReportRow(View):
    """One row."""

    dimensions: dict[str, str] = Field(description="By dimension.")
    values: dict[str, MetricValue] = Field(description="By metric.")


class Report(View):
    """Metrics by dimensions."""

    rows: list[ReportRow] = Field(description="Rows in order of their dimensions.")
    time_zone: str = Field(description="The zone of report days, IANA.")
    fresh_time: Time | None = Field(default=None, description="How fresh: facts up to this moment are counted.")
    truncated: bool = Field(description="Whether rows were cut off.")


class Metric(View):
    """What a metric is."""

    name: str = Field(description="Its name, such as 'ctr'.")
    titles: dict[str, str] = Field(description="Title by BCP 47 language.")
    formula: str = Field(description="The formula in words of other metrics, such as 'clicked / delivered'.")
    unit: str = Field(description="'people', 'messages' or 'ratio'.")
    denominator: str = Field(description="What it is divided by, empty for counts.")
    descriptions: dict[str, str] = Field(description="What it counts, as a sentence, by BCP 47 language.")


class CampaignFigure(View):
    """A metric and its figure."""

    metric: Metric | None = Field(default=None, description="What it is.")
    value: MetricValue | None = Field(default=None, description="The figure.")


class OutcomeCount(View):
    """Messages that ended one way for one reason."""

    outcome: str = Field(description="The outcome's code.")
    reason: str = Field(description="The reason's code.")
    count: int = Field(description="Messages.")


class CampaignReport(View):
    """A campaign's figures."""

    campaign: str = Field(description="The campaign.")
    figures: list[CampaignFigure] = Field(description="Every figure with its metric.")
    outcomes: list[OutcomeCount] = Field(description="Messages by outcome and reason.")
    days: list[ReportRow] = Field(description="By day, or by hour where that was asked.")
    time_zone: str = Field(description="The zone of the days, IANA.")
    fresh_time: Time | None = Field(default=None, description="How fresh.")


class Difference(View):
    """A figure on which two places disagree."""

    name: str = Field(description="What is counted: 'requested', an outcome's or a mark's code.")
    report: int = Field(description="Here.")
    channel: int = Field(description="In channel.")


class Reconciliation(View):
    """Whether two places agree."""

    equal: bool = Field(description="Whether every figure agrees.")
    differences: list[Difference] = Field(description="Those that do not.")
