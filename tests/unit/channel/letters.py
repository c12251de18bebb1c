"""Letters that tests start from."""

from services.channel.domain.letter import LetterContent

OPENING = "<mjml><mj-body><mj-section><mj-column>"
CLOSING = "</mj-column></mj-section></mj-body></mjml>"
WAY_OUT = '<mj-text><a href="{{ unsubscribe_url }}">Отписаться</a></mj-text>'


def letter(
    body: str = "<mj-text>Здравствуйте, {{ given_name | default: 'коллега' }}!</mj-text>",
    subject: str = "Новости",
    *,
    way_out: str = WAY_OUT,
    preheader: str = "",
    fallbacks: dict[str, str] | None = None,
) -> LetterContent:
    return LetterContent(subject, OPENING + body + way_out + CLOSING, preheader, "Клиника", fallbacks or {})
