"""What can be refused in a report, each with a reason that a caller may act on."""

from chassis.kernel import Code, Problem


class MetricUnknown(Problem):
    """A question names a metric that the registry does not hold."""

    code = Code.INVALID_ARGUMENT
    reason = "METRIC_UNKNOWN"
    template = "There is no metric {metric}."

    def __init__(self, metric: str) -> None:
        super().__init__(metric=metric)


class DimensionUnknown(Problem):
    """A question names a dimension that reports do not have."""

    code = Code.INVALID_ARGUMENT
    reason = "DIMENSION_UNKNOWN"
    template = "There is no dimension {dimension}."

    def __init__(self, dimension: str) -> None:
        super().__init__(dimension=dimension)


class IntervalEmpty(Problem):
    """A question's interval ends before it starts."""

    code = Code.INVALID_ARGUMENT
    reason = "INTERVAL_EMPTY"
    template = "The interval ends before it starts."

    def __init__(self) -> None:
        super().__init__()


class QuestionTooLarge(Problem):
    """A question needs more memory or time than a screen may take."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "QUESTION_TOO_LARGE"
    template = "The question needs more {limit} than a screen may take; ask for fewer days or campaigns."

    def __init__(self, limit: str) -> None:
        super().__init__(limit=limit)


class CampaignUnknown(Problem):
    """The caller's workspace has no messages of this campaign."""

    code = Code.NOT_FOUND
    reason = "REPORT_CAMPAIGN_UNKNOWN"
    template = "No message of campaign {campaign} is known here."

    def __init__(self, campaign: str) -> None:
        super().__init__(campaign=campaign)
