"""Where letters are looked at before they are sent: check, preview, test. Implements the port LetterRoom."""

from collections.abc import Mapping

from chassis.kernel import new_id
from services.channel.adapters.letters.check import check_letter
from services.channel.adapters.letters.compiled import PublicUrls, compile_letter
from services.channel.adapters.letters.press import Press
from services.channel.domain.letter import LetterContent, LetterData, LetterReport, RenderedLetter
from services.channel.domain.message import Message, Order
from services.channel.domain.sending import Parcel

_NOWHERE = PublicUrls("#", "#", "#", "", lambda _: "#")
_TEST = Order("", "", 0, "test", "", 0, ("email",), "", "", "", "")


class Room:
    """Checks, previews and makes tests."""

    def __init__(self, press: Press) -> None:
        self._press = press

    def check(self, content: LetterContent) -> LetterReport:
        """Find everything that is wrong."""
        return check_letter(content)

    def preview(self, content: LetterContent, values: Mapping[str, object]) -> RenderedLetter:
        """Render with links that lead nowhere; the content has passed the check."""
        return compile_letter(content).render(values, _NOWHERE)

    def test(self, content: LetterContent, controller: str, data: LetterData) -> Parcel:
        """Make a test letter; its unsubscribe link shows its page and withdraws nothing."""
        press, at = self._press, self._press.clock.now()
        message = Message(new_id(), _TEST, "", 0, at, address_hmac=bytes(16))
        urls = press.urls(message, counted=False)
        form = press.form(controller, content.from_name)
        rendered = compile_letter(content).render(data.values, urls)
        marked = RenderedLetter(f"[Test] {rendered.subject}", rendered.html, rendered.text, ())

        def build(eight_bit: bool) -> bytes:
            return form.pack(marked, press.label(message, data.address, urls, at), eight_bit=eight_bit)

        return Parcel(message.id, press.return_path(message.id), data.address, build)
