"""The press: compiled letters, tokens and signing keys brought together into copies ready for a provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from liquid.exceptions import LiquidError

from chassis.kernel import Clock
from services.channel.adapters.letters.compiled import CompiledLetter, PublicUrls, compile_letter
from services.channel.adapters.letters.dkim import DkimKey
from services.channel.adapters.letters.markup import MarkupRefused
from services.channel.adapters.letters.mime import HeaderUnsafe, Label, LetterForm, Sender
from services.channel.adapters.letters.sandbox import variables_of
from services.channel.adapters.tokens import Tokens
from services.channel.domain.letter import LetterContent, LetterData, RenderedLetter
from services.channel.domain.message import Message
from services.channel.domain.sending import ParcelRefused
from services.channel.domain.variables import PERSON_VARIABLES


@dataclass(frozen=True, slots=True)
class House:
    """How this installation signs its letters and where its public doors are."""

    public_url: str
    bounce_domain: str
    senders: Mapping[str, str]
    """The From address of each controller; "" is for all others."""
    keys: Mapping[str, Sequence[DkimKey]]
    """Signing keys by the domain of the From address."""

    def sender(self, controller: str) -> str:
        """Give a controller's From address."""
        return self.senders.get(controller) or self.senders[""]


class Press:
    """Makes copies of letters; one per process."""

    def __init__(self, house: House, tokens: Tokens, clock: Clock) -> None:
        self._house = house
        self._tokens = tokens
        self._clock = clock
        self._forms: dict[tuple[str, str], LetterForm] = {}

    def form(self, controller: str, from_name: str) -> LetterForm:
        """Give the packing of a controller's letters."""
        key = (controller, from_name)
        if key not in self._forms:
            address = self._house.sender(controller)
            keys = self._house.keys.get(address.rpartition("@")[2], ())
            self._forms[key] = LetterForm(Sender(from_name, address), keys)
        return self._forms[key]

    def urls(self, message: Message, *, counted: bool = True) -> PublicUrls:
        """Give a message's public addresses; uncounted copies carry no pixel and lead straight to their targets."""
        base, tokens = self._house.public_url, self._tokens

        def click(link: int) -> str:
            return f"{base}/c/{tokens.click(message.id, link)}"

        leave = tokens.unsubscribe(message)
        return PublicUrls(
            unsubscribe=f"{base}/u/{leave}",
            browser=f"{base}/v/{tokens.browser(message.id)}",
            # Whoever may withdraw everything by this link may choose by it: one token, one seal a letter.
            preferences=f"{base}/p/{leave}",
            open_pixel=f"{base}/o/{tokens.opened(message.id)}.gif" if counted else "",
            click=click if counted else None,
        )

    def label(self, message: Message, recipient: str, urls: PublicUrls, at: datetime) -> Label:
        return Label(message.id, recipient, urls.unsubscribe, at)

    def return_path(self, message: str) -> str:
        """Give the envelope sender of a message."""
        return self._tokens.return_path(message, self._house.bounce_domain)

    @property
    def clock(self) -> Clock:
        return self._clock


class PressedLetter:
    """One template version on the press; implements the port Letter."""

    def __init__(self, content: LetterContent, press: Press) -> None:
        self.content = content
        self.compiled: CompiledLetter = compile_letter(content)
        used = {
            path.partition(".")[0].partition("[")[0]
            for template in (self.compiled.subject, self.compiled.html, self.compiled.text)
            for path in variables_of(template)
        }
        self.variables = frozenset(used & PERSON_VARIABLES)
        self._press = press

    @property
    def language(self) -> str:
        """BCP 47."""
        return self.content.language

    @property
    def links(self) -> Sequence[str]:
        """Addresses that are the same for every reader, by their number."""
        return self.compiled.links

    def copy(self, message: Message, data: LetterData) -> tuple[Callable[[bool], bytes], str]:
        """Give the maker of one copy and its return path."""
        press = self._press

        def make(eight_bit: bool) -> bytes:
            urls = press.urls(message)
            form = press.form(message.order.controller, self.content.from_name)
            try:
                rendered = self.compiled.render(data.values, urls)
                label = press.label(message, data.address, urls, press.clock.now())
                return form.pack(rendered, label, eight_bit=eight_bit)
            except LiquidError as error:
                raise ParcelRefused("RENDER_FAILED") from error
            except HeaderUnsafe as error:
                raise ParcelRefused("ADDRESS_MALFORMED") from error

        return make, press.return_path(message.id)

    def again(self, message: Message, data: LetterData) -> RenderedLetter:
        """Render a copy as it was sent, links leading straight to their targets; nothing is counted."""
        return self.compiled.render(data.values, self._press.urls(message, counted=False))

    def target(self, message: Message, data: LetterData | None, link: int) -> str | None:
        """Give the address behind a link's number; None when it is not known or not known any more."""
        if link < len(self.compiled.links):
            return self.compiled.links[link]
        if data is None:
            return None
        own = self.compiled.render(data.values, self._press.urls(message)).links
        place = link - len(self.compiled.links)
        return own[place] if place < len(own) else None


def press_letter(content: LetterContent, press: Press) -> PressedLetter | None:
    """Put content on the press; None when it is no letter."""
    try:
        return PressedLetter(content, press)
    except (MarkupRefused, LiquidError):
        return None
