"""Launches as operations: `campaign-launch`, one for each run."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from chassis.mongo import asked
from chassis.operations import Cancelled, Operations, OperationUnknown, Work, operation_id
from services.campaign.domain.campaign import Campaign
from services.campaign.ports import FreezeCancelled, Freezing, LaunchWork

KIND = "campaign-launch"
UNIT = "people"


class OperationLaunches:
    """The port Launches."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def operation_of(self, run: str) -> str:
        """Put the service's number into the run's id."""
        return operation_id("campaign", run)

    async def begin(self, campaign: Campaign) -> LaunchWork:
        """Begin the operation; the one that exists is answered as it is."""
        with asked():
            document = await self._operations.begin(
                KIND,
                subject=campaign.id,
                workspace=campaign.workspace,
                principal=campaign.current_run.principal,
                operation=campaign.current_run.operation,
                unit=UNIT,
            )
        if document["state"] == "running":
            return LaunchWork.RUNNING
        return LaunchWork.FAILED if document["error"] else LaunchWork.WELL

    async def cancel(self, campaign: Campaign) -> None:
        """Ask the operation to end; one that was never begun needs no asking."""
        with asked(), suppress(OperationUnknown):
            await self._operations.cancel(campaign.current_run.operation, campaign.workspace)


@dataclass(frozen=True, slots=True)
class OperationFreezing:
    """The port Freezing."""

    work: Work
    operations: Operations

    @property
    def operation(self) -> str:
        """Give the operation's id."""
        return self.work.id

    @property
    def campaign(self) -> str:
        """Give the operation's subject."""
        return self.work.subject

    async def report(self, done: int, total: int) -> None:
        """Report, and tell a cancellation from a lost lease."""
        try:
            await self.work.report(done, total, UNIT)
        except Cancelled:
            document = await self.operations.get(self.work.id, None)
            raise FreezeCancelled(asked=bool(document["cancelling"])) from None


def freezing(
    operations: Operations, freeze: Callable[[Freezing], Awaitable[Mapping[str, int]]]
) -> Callable[[Work], Awaitable[Mapping[str, int]]]:
    """Give the function that does a launch's operation."""

    async def work(held: Work) -> Mapping[str, int]:
        try:
            return await freeze(OperationFreezing(held, operations))
        except FreezeCancelled:
            raise Cancelled from None

    return work
