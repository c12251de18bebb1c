"""What the business refuses, one class per thing that a caller may act on."""

from collections.abc import Sequence

from chassis.kernel import Code, Problem, Violation


class TemplateUnknown(Problem):
    """There is no such template, or none that the caller may know of."""

    code = Code.NOT_FOUND
    reason = "TEMPLATE_UNKNOWN"
    template = "There is no template {id}."

    def __init__(self, template: str) -> None:
        super().__init__(id=template)


class TemplateVersionUnknown(Problem):
    """The template exists, the version does not."""

    code = Code.NOT_FOUND
    reason = "TEMPLATE_VERSION_UNKNOWN"
    template = "Template {id} has no version {version}."

    def __init__(self, template: str, version: int) -> None:
        super().__init__(id=template, version=version)


class TemplateArchived(Problem):
    """An archived template is only read."""

    code = Code.FAILED_PRECONDITION
    reason = "TEMPLATE_ARCHIVED"
    template = "Template {id} is archived."

    def __init__(self, template: str) -> None:
        super().__init__(id=template)


class LetterFaulty(Problem):
    """A letter with errors is not published; each error is a violation."""

    code = Code.FAILED_PRECONDITION
    reason = "LETTER_FAULTY"
    template = "Template {id} cannot be published: its letter has {errors} errors."

    def __init__(self, template: str, violations: Sequence[Violation]) -> None:
        super().__init__(id=template, errors=len(violations), violations=violations)


class LetterBodyMissing(Problem):
    """A letter is made of blocks or of MJML."""

    code = Code.INVALID_ARGUMENT
    reason = "LETTER_BODY_MISSING"
    template = "The letter has neither blocks nor a body."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("draft.body", "REQUIRED", "Give blocks, or a body of MJML.")])


class LetterTooLarge(Problem):
    """The blocks make a longer body than a letter may have."""

    code = Code.INVALID_ARGUMENT
    reason = "LETTER_TOO_LARGE"
    template = "The blocks make a letter of more than {bytes} bytes."

    def __init__(self, limit: int) -> None:
        super().__init__(bytes=limit, violations=[Violation("draft.blocks", "TOO_LARGE", "The letter is too long.")])


class CampaignUnknown(Problem):
    """There is no such campaign, or none that the caller may know of."""

    code = Code.NOT_FOUND
    reason = "CAMPAIGN_UNKNOWN"
    template = "There is no campaign {id}."

    def __init__(self, campaign: str) -> None:
        super().__init__(id=campaign)


class CampaignAlreadyLaunched(Problem):
    """A one-off campaign runs once; the same again is a copy."""

    code = Code.FAILED_PRECONDITION
    reason = "CAMPAIGN_ALREADY_LAUNCHED"
    template = "Campaign {id} was launched already and is {state}; copy it to send it again."

    def __init__(self, campaign: str, state: str) -> None:
        super().__init__(id=campaign, state=state)


class CampaignFrozen(Problem):
    """What was launched is what people got; it does not change afterwards."""

    code = Code.FAILED_PRECONDITION
    reason = "CAMPAIGN_FROZEN"
    template = "Campaign {id} is {state}; only a draft can be changed. Copy it to go on from it."

    def __init__(self, campaign: str, state: str) -> None:
        super().__init__(id=campaign, state=state)


class CheckFailed(Problem):
    """The pre-launch check found what must be mended first; each error is a violation."""

    code = Code.FAILED_PRECONDITION
    reason = "CHECK_FAILED"
    template = "Campaign {id} cannot be launched: its check found {errors} errors."

    def __init__(self, campaign: str, violations: Sequence[Violation]) -> None:
        super().__init__(id=campaign, errors=len(violations), violations=violations)


class CampaignNotRunning(Problem):
    """Only what is being sent can be paused, resumed or stopped."""

    code = Code.FAILED_PRECONDITION
    reason = "CAMPAIGN_NOT_RUNNING"
    template = "Campaign {id} is {state}; it cannot be {verb}."

    def __init__(self, campaign: str, state: str, verb: str) -> None:
        super().__init__(id=campaign, state=state, verb=verb)


class CampaignRunning(Problem):
    """A campaign is stopped before it is archived."""

    code = Code.FAILED_PRECONDITION
    reason = "CAMPAIGN_RUNNING"
    template = "Campaign {id} is {state}; stop it first."

    def __init__(self, campaign: str, state: str) -> None:
        super().__init__(id=campaign, state=state)


class AudienceEmpty(Problem):
    """At the launch nobody was in the segment."""

    code = Code.FAILED_PRECONDITION
    reason = "AUDIENCE_EMPTY"
    template = "Nobody was in segment {segment} when campaign {id} was launched."

    def __init__(self, campaign: str, segment: str) -> None:
        super().__init__(id=campaign, segment=segment)


class BatchUnknown(Problem):
    """A fact speaks of a batch that was never made here."""

    code = Code.NOT_FOUND
    reason = "BATCH_UNKNOWN"
    template = "There is no batch {id}."

    def __init__(self, batch: str) -> None:
        super().__init__(id=batch)


class SegmentUnknown(Problem):
    """The audience's segment is gone, or belongs to another workspace."""

    code = Code.FAILED_PRECONDITION
    reason = "AUDIENCE_SEGMENT_UNKNOWN"
    template = "There is no segment {segment} in the campaign's workspace."

    def __init__(self, segment: str) -> None:
        super().__init__(segment=segment)
