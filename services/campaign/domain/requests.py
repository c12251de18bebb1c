"""Requests: the frozen audience as numbered batches, each fit for one bus message.

Promise: a function of the run and its members in order, so that freezing again after a kill makes the very same batches
and messages; every batch holds people of one partition only.
"""

from dataclasses import dataclass

from chassis.kernel import derived_id, partition_of
from services.campaign.domain.campaign import NODE, Campaign
from services.campaign.domain.holdout import is_held_out


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the audience."""

    profile: str
    no: int


@dataclass(frozen=True, slots=True)
class Request:
    """One person who shall receive the campaign's message, or be held out."""

    message: str
    profile: str
    no: int
    held_out: bool


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """Requests of one partition that travel together; `number` counts from 0 within the run."""

    id: str
    campaign: str
    entry: int
    node: str
    number: int
    partition: int
    requests: tuple[Request, ...]


def message_id(campaign: str, node: str, entry: int, profile: str) -> str:
    """Give the id of the one message that a person may receive at this node of this run."""
    return derived_id(campaign, node, str(entry), profile)


class OpenRequests:
    """The batches under way while an audience streams in: at most one for each partition, whatever the audience."""

    def __init__(self) -> None:
        self._by_partition: dict[int, list[Request]] = {}
        self.people = 0
        self.batches = 0

    def add(self, campaign: Campaign, member: Member) -> RequestBatch | None:
        """Add a person; give the batch that this fills, if it fills one."""
        partition = partition_of(member.profile)
        waiting = self._by_partition.setdefault(partition, [])
        waiting.append(_request(campaign, member))
        self.people += 1
        return self._closed(campaign, partition) if len(waiting) >= campaign.current_run.batch_size else None

    def rest(self, campaign: Campaign) -> list[RequestBatch]:
        """Give what is left at the end of the audience, in the order of partitions."""
        return [self._closed(campaign, partition) for partition in sorted(self._by_partition)]

    def _closed(self, campaign: Campaign, partition: int) -> RequestBatch:
        number = self.batches
        self.batches += 1
        return RequestBatch(
            id=derived_id(campaign.current_run.id, str(number)),
            campaign=campaign.id,
            entry=campaign.entry,
            node=NODE,
            number=number,
            partition=partition,
            requests=tuple(self._by_partition.pop(partition)),
        )


def _request(campaign: Campaign, member: Member) -> Request:
    return Request(
        message=message_id(campaign.id, NODE, campaign.entry, member.profile),
        profile=member.profile,
        no=member.no,
        held_out=is_held_out(campaign.id, member.profile, campaign.settings.control_percent),
    )
