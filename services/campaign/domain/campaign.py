"""Campaigns: one audience, one message, one goal, and the life of its run.

    draft ─launch→ launching ─audience frozen→ sending ⇄ paused
      ↑______launch failed_____|                  | stop → stopped
                                                  | every request has an outcome → done
    draft, done, stopped ─archive→ archived

Promise: what was launched never changes; a one-off campaign runs once (the same again is a copy); `entry` numbers the
runs, a failed launch included, so the keys of messages (campaign × node × entry × person) never meet again.
Not here: who is in the audience (services/segment), who of them may be written to (services/channel).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.credit import Pace
from services.campaign.domain.errors import (
    CampaignAlreadyLaunched,
    CampaignFrozen,
    CampaignNotRunning,
    CampaignRunning,
)

NODE = "send"  # the only node of a one-off campaign; a scenario has many


class CampaignState(StrEnum):
    """Where a campaign is in its life."""

    DRAFT = "draft"
    LAUNCHING = "launching"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    ARCHIVED = "archived"


UNDER_WAY = frozenset({CampaignState.LAUNCHING, CampaignState.SENDING, CampaignState.PAUSED})
"""Its letters are being sent, or wait to be."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What counts as success: an activity within so many hours after delivery."""

    event: str
    window_hours: int


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What a campaign is; a draft may leave open what a launch needs.

    `template_version` None means the last published one at launch; `rate_per_minute` None is as fast as the provider
    allows; `channels` are in order of preference.
    """

    name: str
    segment: str = ""
    template: str = ""
    template_version: int | None = None
    goal: Goal | None = None
    controller: str = ""
    purpose: str = ""
    topic: str = ""
    channels: tuple[str, ...] = ()
    rate_per_minute: int | None = None
    control_percent: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One launch: what was frozen for it, and how much of it was given to channel.

    `audience` and `batches` are 0 until the audience is frozen; batches are released in the order of their numbers,
    so that `released_batches` alone says which. `request` is the caller's key of the launch, "" for none.
    """

    id: str
    operation: str
    principal: str
    request: str
    template_version: int
    batch_size: int
    audience: int = 0
    batches: int = 0
    released: int = 0
    released_batches: int = 0
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign at one moment."""

    id: str
    workspace: str
    settings: CampaignSettings
    created_at: datetime
    updated_at: datetime
    state: CampaignState = CampaignState.DRAFT
    entry: int = 0
    run: Run | None = None
    launched_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def current_run(self) -> Run:
        """Give the run.

        Raises:
            ValueError: it was never launched.
        """
        if self.run is None:
            raise ValueError(f"campaign {self.id} has no run")
        return self.run

    def edit(self, settings: CampaignSettings, now: datetime) -> "Campaign":
        """Change a draft's settings as a whole.

        Raises:
            CampaignFrozen: it was launched or archived.
        """
        if self.state is not CampaignState.DRAFT:
            raise CampaignFrozen(self.id, self.state)
        return self if settings == self.settings else replace(self, settings=settings, updated_at=now)

    def copy(self, campaign: str, name: str, now: datetime) -> "Campaign":
        """Make a draft with the same settings under another id and name, whatever this one's state."""
        return draft(campaign, self.workspace, replace(self.settings, name=name), now)

    def launch(self, run: Run, now: datetime) -> "Campaign":
        """Begin a run: from now on nothing of it changes, and its audience is being frozen.

        Raises:
            CampaignAlreadyLaunched: it runs or ran.
            CampaignFrozen: it is archived.
        """
        if self.state is CampaignState.ARCHIVED and self.launched_at is None:
            raise CampaignFrozen(self.id, self.state)
        if self.state is not CampaignState.DRAFT:
            raise CampaignAlreadyLaunched(self.id, self.state)
        return replace(
            self, state=CampaignState.LAUNCHING, entry=self.entry + 1, run=run, launched_at=now, updated_at=now
        )

    def fail_launch(self, now: datetime) -> "Campaign":
        """Make it a draft again because its audience could not be frozen; a launch that is over changes nothing."""
        if self.state is not CampaignState.LAUNCHING:
            return self
        return replace(self, state=CampaignState.DRAFT, run=None, launched_at=None, updated_at=now)

    def send(self, *, audience: int, batches: int, now: datetime) -> "Campaign":
        """Begin to send to the frozen audience; a campaign that is no longer launching stays as it is."""
        if self.state is not CampaignState.LAUNCHING:
            return self
        run = replace(self.current_run, audience=audience, batches=batches, pace=Pace(now, 0))
        return replace(self, state=CampaignState.SENDING, run=run, updated_at=now)

    def release(self, *, batches: int, requests: int) -> "Campaign":
        """Give the next batches to channel.

        Raises:
            CampaignNotRunning: it is not sending.
        """
        if self.state is not CampaignState.SENDING:
            raise CampaignNotRunning(self.id, self.state, "released")
        run = self.current_run
        run = replace(run, released_batches=run.released_batches + batches, released=run.released + requests)
        return replace(self, run=run)

    def pause(self, now: datetime) -> "Campaign":
        """Hold what was not sent yet; a paused campaign stays as it is.

        Raises:
            CampaignNotRunning: nothing is being sent.
        """
        if self.state is CampaignState.PAUSED:
            return self
        if self.state is not CampaignState.SENDING:
            raise CampaignNotRunning(self.id, self.state, "paused")
        return replace(self, state=CampaignState.PAUSED, updated_at=now)

    def resume(self, now: datetime) -> "Campaign":
        """Go on after a pause; the speed limit counts from here, so the pause is not caught up in one lump.

        Raises:
            CampaignNotRunning: it is not paused.
        """
        if self.state is CampaignState.SENDING:
            return self
        if self.state is not CampaignState.PAUSED:
            raise CampaignNotRunning(self.id, self.state, "resumed")
        run = self.current_run
        run = replace(run, pace=Pace(now, run.released))
        return replace(self, state=CampaignState.SENDING, run=run, updated_at=now)

    def stop(self, now: datetime) -> "Campaign":
        """End it for good, also while its audience is being frozen; a stopped campaign stays as it is.

        Raises:
            CampaignNotRunning: it never ran, or has ended.
        """
        if self.state is CampaignState.STOPPED:
            return self
        if self.state not in (CampaignState.LAUNCHING, CampaignState.SENDING, CampaignState.PAUSED):
            raise CampaignNotRunning(self.id, self.state, "stopped")
        return replace(self, state=CampaignState.STOPPED, ended_at=now, updated_at=now)

    def finish(self, *, finished: int, now: datetime) -> "Campaign":
        """End it when every request of the audience has an outcome; before that it stays as it is."""
        if self.state not in (CampaignState.SENDING, CampaignState.PAUSED):
            return self
        if finished < self.current_run.audience:
            return self
        return replace(self, state=CampaignState.DONE, ended_at=now, updated_at=now)

    def archive(self, now: datetime) -> "Campaign":
        """Set a draft or an ended campaign aside; an archived one stays as it is.

        Raises:
            CampaignRunning: it is being sent.
        """
        if self.state is CampaignState.ARCHIVED:
            return self
        if self.state in (CampaignState.LAUNCHING, CampaignState.SENDING, CampaignState.PAUSED):
            raise CampaignRunning(self.id, self.state)
        return replace(self, state=CampaignState.ARCHIVED, updated_at=now)


def draft(campaign: str, workspace: str, settings: CampaignSettings, now: datetime) -> Campaign:
    """Begin a campaign; what a launch needs may still be open."""
    return Campaign(campaign, workspace, settings, created_at=now, updated_at=now)


_ANNOUNCED = {
    (CampaignState.LAUNCHING, CampaignState.SENDING): "campaign-launched",
    (CampaignState.SENDING, CampaignState.PAUSED): "campaign-paused",
    (CampaignState.PAUSED, CampaignState.SENDING): "campaign-resumed",
    (CampaignState.LAUNCHING, CampaignState.STOPPED): "campaign-stopped",
    (CampaignState.SENDING, CampaignState.STOPPED): "campaign-stopped",
    (CampaignState.PAUSED, CampaignState.STOPPED): "campaign-stopped",
    (CampaignState.SENDING, CampaignState.DONE): "campaign-done",
    (CampaignState.PAUSED, CampaignState.DONE): "campaign-done",
}


def announcement(before: Campaign | None, after: Campaign) -> str | None:
    """Name what the others must hear of a change, if anything: no caller can forget to tell it."""
    return None if before is None else _ANNOUNCED.get((before.state, after.state))
