"""What channel needs from outside, in its own words."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from services.channel.domain.sending import Parcel, Reply

OnWire = Callable[[str], Awaitable[bool]]
"""Asks for a message's point of no return; True once it is durably ours. Content leaves only after True."""

Settle = Callable[[str, Reply], None]
"""Takes one message's reply; called exactly once per parcel, after the parcel's mark is known."""


class Provider(Protocol):
    """Carries parcels to recipients.

    Every adapter passes tests/contract/channel/provider_contract.py against a server that speaks its protocol.
    """

    async def send(self, batch: Sequence[Parcel], on_wire: OnWire, settle: Settle) -> None:
        """Carry a batch and return when each parcel is settled; batches may overlap.

        A cancelled call settles what is not settled: UNKNOWN where content left, else UNSENT.
        """
        ...

    @property
    def available(self) -> bool:
        """False while the provider cannot be reached; claiming more messages would only return them."""
        ...

    async def close(self) -> None:
        """Finish what is on the wire, say goodbye and close every connection."""
        ...
