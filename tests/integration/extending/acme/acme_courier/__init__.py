"""Acme's provider of letters: the company's own mail door, which takes a letter by one HTTP request."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from chassis import checks
from chassis.plugs import Plug
from chassis.settings import variable
from services.channel.domain.sending import Parcel, ParcelRefused, ParcelWithheld, Reply, Verdict
from services.channel.ports import OnWire, Settle

PAUSE = 2.0
_LATER = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the courier must be told."""

    door: str = variable("ACME_DOOR", about="address of Acme's mail door", check=checks.url("http", "https"))
    key: str = variable("ACME_KEY", secret=True, about="key of Acme's mail door")


class Courier:
    """Implements channel's port Provider."""

    def __init__(self, settings: Settings) -> None:
        self._door = httpx.AsyncClient(
            base_url=settings.door, headers={"Authorization": f"Bearer {settings.key}"}, timeout=30
        )
        self._closed_until = 0.0

    @property
    def available(self) -> bool:
        """False while the pause after a door that did not open lasts."""
        return asyncio.get_running_loop().time() >= self._closed_until

    async def send(self, batch: Sequence[Parcel], on_wire: OnWire, settle: Settle) -> None:
        """Carry a batch; see the port."""
        await asyncio.gather(*(self._carry(parcel, on_wire, settle) for parcel in batch))

    async def _carry(self, parcel: Parcel, on_wire: OnWire, settle: Settle) -> None:
        reply = Reply(Verdict.UNSENT)
        try:
            if not await _ours(parcel, on_wire):
                reply = Reply(Verdict.LOST)
                return
            content = parcel.build(True)
            reply = Reply(Verdict.UNKNOWN)
            reply = await self._post(parcel, content)
        except ParcelWithheld:
            pass
        except ParcelRefused as refused:
            reply = Reply(Verdict.REJECTED, text=refused.reason)
        finally:
            settle(parcel.message, reply)

    async def _post(self, parcel: Parcel, content: bytes) -> Reply:
        envelope = {"X-Return-Path": parcel.return_path, "X-Recipient": parcel.recipient}
        try:
            answer = await self._door.post("/letters", content=content, headers=envelope)
        except httpx.ConnectError:
            self._closed_until = asyncio.get_running_loop().time() + PAUSE
            return Reply(Verdict.UNSENT)
        except httpx.HTTPError:
            return Reply(Verdict.UNKNOWN)
        if answer.is_success:
            return Reply(Verdict.ACCEPTED, answer.status_code)
        verdict = Verdict.DEFERRED if answer.status_code in _LATER else Verdict.REJECTED
        return Reply(verdict, answer.status_code, at_recipient=answer.status_code == httpx.codes.NOT_FOUND)

    async def close(self) -> None:
        """Hang up."""
        await self._door.aclose()


async def _ours(parcel: Parcel, on_wire: OnWire) -> bool:
    try:
        return await on_wire(parcel.message)
    except Exception:
        # Nobody knows whether the mark is ours, so nothing leaves.
        return False


COURIER = Plug(Settings, Courier)
