"""What channel needs from outside, in its own words."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from chassis.kernel import Clock
from services.channel.domain.gates import Admission, Held, Person
from services.channel.domain.letter import LetterContent, LetterData, LetterReport, RenderedLetter
from services.channel.domain.message import Counts, Finish, Mark, Message, Retry, Seen
from services.channel.domain.preferences import Choices
from services.channel.domain.sending import Parcel, Reply
from services.channel.domain.tracking import UnsubscribeWish
from services.channel.domain.variables import Words

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


class Letter(Protocol):
    """One template version, compiled."""

    @property
    def variables(self) -> AbstractSet[str]:
        """The person's values that it uses."""
        ...

    @property
    def language(self) -> str:
        """BCP 47."""
        ...

    @property
    def links(self) -> Sequence[str]:
        """Addresses that are the same for every reader, by their number."""
        ...

    def again(self, message: Message, data: LetterData) -> RenderedLetter:
        """Render a copy as it was sent, links leading straight to their targets; nothing is counted."""
        ...

    def target(self, message: Message, data: LetterData | None, link: int) -> str | None:
        """Give the address behind a link's number; None when it is not known or not known any more."""
        ...

    def copy(self, message: Message, data: LetterData) -> tuple[Callable[[bool], bytes], str]:
        """Give the maker of one reader's copy, for a parcel, and the return path that names its message."""
        ...


class Letters(Protocol):
    """Template versions; immutable, so they are kept."""

    async def get(self, template: str, version: int) -> Letter | None:
        """Give one; None when there is none or it is no letter.

        Raises:
            Problem: transient, when campaign does not answer.
        """
        ...


class People(Protocol):
    """Who people are at this moment, as a workspace sees them."""

    async def get(self, workspace: str, profiles: Sequence[str]) -> Mapping[str, Person]:
        """Give people by the ids asked for; unknown ones are left out.

        Raises:
            Problem: transient, when profile does not answer.
        """
        ...

    async def ids_of(self, profile: str) -> tuple[str, ...]:
        """Give the id that a person has now, then those that it absorbed; an unknown id means itself.

        Raises:
            Problem: transient, when profile does not answer.
        """
        ...


class Terms(Protocol):
    """How dictionaries call their codes."""

    async def words(self, dictionaries: Iterable[str], language: str) -> Words:
        """Give the names that codes have in a language (BCP 47); a code without one is left out.

        Raises:
            Problem: transient, when profile does not answer and nothing is known.
        """
        ...


class Messages(Protocol):
    """Messages as one worker moves them; adapters/mongo/store.py says what each step promises."""

    @property
    def worker(self) -> str: ...

    def rename(self, worker: str) -> None: ...

    async def holders(self) -> set[str]: ...

    async def claimed_here(self) -> list[Message]: ...

    async def admit(self, admissions: Sequence[Admission], known: Collection[str] = ()) -> list[Message]: ...

    async def claim_due(self, limit: int) -> list[Message]: ...

    async def take_keys(self, admissions: Sequence[Admission]) -> list[Message]: ...

    async def mark_on_wire(self, ids: Sequence[str], batch: str) -> set[str]: ...

    async def finish_sent(self, ends: Sequence[tuple[Message, Finish]]) -> int: ...

    async def finish_claimed(self, ends: Sequence[tuple[Message, Finish]]) -> int: ...

    async def retry(self, returns: Sequence[tuple[Message, Retry]]) -> int: ...

    async def hold(self, holds: Sequence[tuple[Message, Held]]) -> None: ...

    async def wake(self, campaign: str) -> None: ...

    async def recover(self, worker: str) -> tuple[int, int]: ...


class SuppressionList(Protocol):
    """Addresses that must not be written to."""

    async def among(self, controllers: Iterable[str], hashes: Iterable[bytes]) -> set[tuple[str, bytes]]: ...

    async def add(self, controller: str, digest: bytes, reason: str, message: str) -> bool: ...

    async def lift(self, controller: str, digests: Collection[bytes]) -> None: ...


class CampaignBook(Protocol):
    """What campaigns were last told to do."""

    async def put(self, campaign: str, state: str, revision: int) -> bool: ...

    async def of(self, campaigns: Iterable[str]) -> dict[str, str]: ...

    async def halted(self) -> frozenset[str]: ...


class LetterVault(Protocol):
    """Letters' variables under people's keys."""

    async def seal(self, wanted: Sequence[tuple[str, str, LetterData]]) -> dict[str, bytes]: ...

    async def open(self, person: str, message: str, sealed: bytes) -> LetterData | None: ...

    async def destroy(self, people: Sequence[str]) -> None: ...


class Lives(Protocol):
    """Which workers live."""

    async def beat(self, worker: str) -> bool: ...

    async def alive(self) -> set[str]: ...

    async def leave(self, worker: str) -> None: ...


class SharedPace(Protocol):
    """A rate that all workers share."""

    async def reserve(self, name: str, letters: int, per_second: float) -> float: ...


class MessageLog(Protocol):
    """Messages as links and screens see them; adapters/mongo/marks.py says what each call promises."""

    async def get(self, message: str, workspace: str = "*") -> Seen | None: ...

    async def put_mark(self, message: str, mark: Mark, news: Callable[[Mark, Sequence[Mark]], bool]) -> bool: ...

    async def repeat(self, message: str) -> bool: ...

    async def counts(self, campaign: str, entry: int, workspace: str) -> Counts: ...

    async def page(
        self, condition: Mapping[str, Any], workspace: str, after: Sequence[Any] | None, size: int
    ) -> tuple[list[Seen], list[Any] | None]: ...

    async def total(self, condition: Mapping[str, Any], workspace: str) -> tuple[int, bool]: ...


class PreferenceDesk(Protocol):
    """What readers may choose about, kept by profile as their consents.

    Each raises a transient Problem when profile does not answer.
    """

    async def look(self, wish: UnsubscribeWish, person: str) -> Choices:
        """Give what the reader of an address may choose; `person` is who was written to, "" when not known."""
        ...

    async def choose(
        self, wish: UnsubscribeWish, person: str, *, granted: Sequence[str], withdrawn: Sequence[str]
    ) -> Choices:
        """Write what was chosen, by ids; gives what stands then."""
        ...


class LinkTokens(Protocol):
    """Reads the tokens of public links; each raises LinkUnknown for what was never made here."""

    def read_opened(self, token: str) -> str: ...

    def read_browser(self, token: str) -> str: ...

    def read_click(self, token: str) -> tuple[str, int]: ...

    def read_unsubscribe(self, token: str) -> UnsubscribeWish: ...


class LetterRoom(Protocol):
    """Where letters are looked at before they are sent."""

    def check(self, content: LetterContent) -> LetterReport: ...

    def preview(self, content: LetterContent, values: Mapping[str, object]) -> RenderedLetter: ...

    def test(self, content: LetterContent, controller: str, data: LetterData) -> Parcel:
        """Make a letter that is marked as a test and counted nowhere."""
        ...


@dataclass(frozen=True, slots=True)
class App:
    """What the doors of channel need."""

    log: MessageLog
    suppressions: SuppressionList
    vault: LetterVault
    letters: Letters
    people: People
    terms: Terms
    preferences: PreferenceDesk
    tokens: LinkTokens
    room: LetterRoom
    provider: Provider
    clock: Clock
