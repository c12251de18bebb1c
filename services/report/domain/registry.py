"""The metric registry: every figure's name, formula, denominator, unit and words, in one place.

Promise: each screen, export and alert asks by name here, so two reports of one slice cannot disagree.

The day of a figure is the day of its message's request: an open tomorrow of today's letter is today's success.
"""

from collections.abc import Iterable, Mapping

from services.report.domain.errors import MetricUnknown
from services.report.domain.metrics import UNFINISHED, Count, Metric, Ratio, Sign, Unit


def _words(en: str, ru: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru}


def _messages(name: str, outcomes: tuple[str, ...], title: tuple[str, str], says: tuple[str, str]) -> Metric:
    formula = "messages" + (f" with outcome {' or '.join(o or 'none' for o in outcomes)}" if outcomes else "")
    return Metric(name, Count(Unit.MESSAGES, outcomes), formula, _words(*title), _words(*says))


def _people(name: str, sign: Sign, title: tuple[str, str], says: tuple[str, str]) -> Metric:
    return Metric(name, Count(Unit.PEOPLE, sign=sign), f"distinct people {sign}", _words(*title), _words(*says))


def _ratio(name: str, numerator: str, denominator: str, title: tuple[str, str], says: tuple[str, str]) -> Metric:
    formula = f"{numerator} / {denominator}"
    return Metric(name, Ratio(numerator, denominator), formula, _words(*title), _words(*says))


_SENT = ("delivered", "bounced", "failed", "unconfirmed")

_ALL = (
    _messages("requested", (), ("Requested", "Запрошено"), ("Every message asked for.", "Все запрошенные сообщения.")),
    _messages(
        "sent",
        _SENT,
        ("Sent", "Отправлено"),
        ("Messages that passed every gate.", "Сообщения, прошедшие все проверки."),
    ),
    _messages(
        "delivered",
        ("delivered",),
        ("Delivered", "Доставлено"),
        ("Taken for good and not returned later.", "Приняты сервером получателя и не вернулись позже."),
    ),
    _messages(
        "bounced",
        ("bounced",),
        ("Bounced", "Возвраты"),
        ("Refused in the session or returned later.", "Отвергнуты сразу или вернулись позже."),
    ),
    _messages(
        "failed",
        ("failed",),
        ("Failed", "Ошибки"),
        ("Not sent: permanent or exhausted failures.", "Не отправлены: постоянные или исчерпанные ошибки."),
    ),
    _messages(
        "unconfirmed",
        ("unconfirmed",),
        ("Unconfirmed", "Без подтверждения"),
        ("Content left and no answer came.", "Содержимое ушло, ответа не было."),
    ),
    _messages(
        "cancelled",
        ("cancelled",),
        ("Cancelled", "Отменено"),
        ("The campaign was stopped first.", "Кампания была остановлена раньше."),
    ),
    _messages(
        "duplicate",
        ("duplicate",),
        ("Duplicates", "Повторы"),
        ("The person or the address has it already.", "Человек или адрес уже получил это сообщение."),
    ),
    _messages(
        "held_out",
        ("held-out",),
        ("Held out", "Контрольная группа"),
        ("Control group: not sent on purpose.", "Контрольная группа: намеренно не отправлены."),
    ),
    _messages(
        "archived",
        ("archived",),
        ("Archived people", "В архиве"),
        ("The person is archived or erased.", "Человек в архиве или удалён."),
    ),
    _messages(
        "no_consent",
        ("no-consent",),
        ("No consent", "Нет согласия"),
        ("No valid consent for this purpose, channel and topic.", "Нет действующего согласия на цель, канал и тему."),
    ),
    _messages(
        "suppressed",
        ("suppressed",),
        ("Suppressed", "Стоп-лист"),
        ("The address may not be written to.", "На этот адрес писать нельзя."),
    ),
    _messages(
        "invalid",
        ("invalid",),
        ("Invalid", "Непригодные"),
        (
            "No usable contact point, or the letter could not be made.",
            "Нет пригодного контакта, или письмо не собралось.",
        ),
    ),
    _messages(
        "read_elsewhere",
        ("read-elsewhere",),
        ("Read elsewhere", "Прочитано в другом канале"),
        ("Read in another channel already.", "Уже прочитано в другом канале."),
    ),
    _messages(
        "capped",
        ("capped",),
        ("Capped", "Предел частоты"),
        ("The frequency cap was reached.", "Достигнут предел частоты."),
    ),
    _messages(
        "expired",
        ("expired",),
        ("Expired", "Просрочено"),
        ("Quiet hours outlasted it.", "Часы тишины длились дольше срока сообщения."),
    ),
    Metric(
        "held",
        Count(Unit.MESSAGES, (UNFINISHED,), Sign.HELD),
        "messages without an outcome that were held",
        _words("Held", "Ожидают"),
        _words(
            "Waiting for another try or behind a gate; part of unfinished.",
            "Ждут новой попытки или снятия задержки; входят в «в работе».",
        ),
    ),
    _messages(
        "unfinished",
        (UNFINISHED,),
        ("Unfinished", "В работе"),
        ("Messages without an outcome yet.", "Сообщения, у которых ещё нет исхода."),
    ),
    Metric(
        "bounced_later",
        Count(Unit.MESSAGES, sign=Sign.BOUNCED_LATER),
        "messages returned after they were taken",
        _words("Bounced later", "Вернулись позже"),
        _words(
            "Taken first and returned afterwards; part of bounced.",
            "Сначала приняты, потом вернулись; входят в возвраты.",
        ),
    ),
    Metric(
        "reached",
        Count(Unit.PEOPLE, ("delivered",)),
        "distinct people with a message delivered",
        _words("Reached", "Охват"),
        _words("Distinct people to whom a message was delivered.", "Разные люди, которым сообщение доставлено."),
    ),
    _people("opened", Sign.OPENED, ("Opened", "Открыли"), ("People who opened.", "Люди, открывшие сообщение.")),
    _people("clicked", Sign.CLICKED, ("Clicked", "Перешли"), ("People who clicked.", "Люди, перешедшие по ссылке.")),
    _people(
        "replied", Sign.REPLIED, ("Replied", "Ответили"), ("People who replied.", "Люди, ответившие на сообщение.")
    ),
    _people(
        "unsubscribed",
        Sign.UNSUBSCRIBED,
        ("Unsubscribed", "Отписались"),
        ("People who unsubscribed by it.", "Люди, отписавшиеся из этого сообщения."),
    ),
    _people(
        "complained",
        Sign.COMPLAINED,
        ("Complained", "Пожаловались"),
        ("People who reported it as spam.", "Люди, пожаловавшиеся на спам."),
    ),
    _people(
        "converted",
        Sign.CONVERTED,
        ("Converted", "Достигли цели"),
        (
            "People who did the campaign's goal within its window after delivery.",
            "Люди, выполнившие цель кампании в срок после доставки.",
        ),
    ),
    _people(
        "returned",
        Sign.RETURNED,
        ("Returned", "Вернулись"),
        (
            "People who did anything at all within the goal's window after delivery.",
            "Люди, совершившие любое действие в срок цели после доставки.",
        ),
    ),
    _ratio(
        "ctr",
        "clicked",
        "reached",
        ("CTR", "CTR"),
        ("Share of people reached who clicked.", "Доля охваченных людей, перешедших по ссылке."),
    ),
    _ratio(
        "cto",
        "converted",
        "reached",
        ("CTO", "CTO"),
        ("Share of people reached who did the goal.", "Доля охваченных людей, выполнивших цель."),
    ),
    _ratio(
        "ctor",
        "clicked",
        "opened",
        ("CTOR", "CTOR"),
        ("Clicks per person who opened.", "Отношение перешедших к открывшим."),
    ),
    _ratio(
        "uto",
        "returned",
        "reached",
        ("UTO", "UTO"),
        ("Share of people reached who came back.", "Доля охваченных людей, вернувшихся в срок."),
    ),
    _ratio(
        "open_rate",
        "opened",
        "reached",
        ("Open rate", "Открываемость"),
        ("Share of people reached who opened.", "Доля охваченных людей, открывших сообщение."),
    ),
    _ratio(
        "deliverability",
        "delivered",
        "sent",
        ("Deliverability", "Доставляемость"),
        ("Share of sent messages that stayed delivered.", "Доля отправленных сообщений, оставшихся доставленными."),
    ),
    _ratio(
        "bounce_rate",
        "bounced",
        "sent",
        ("Bounces, %", "Возвраты, %"),
        ("Share of sent messages that bounced.", "Доля отправленных сообщений, которые вернулись."),
    ),
    _ratio(
        "error_rate",
        "failed",
        "sent",
        ("Errors, %", "Ошибки, %"),
        ("Share of sent messages that failed.", "Доля отправленных сообщений с ошибкой."),
    ),
    _ratio(
        "unsubscribe_rate",
        "unsubscribed",
        "reached",
        ("Unsubscribes, %", "Отписки, %"),
        ("Share of people reached who unsubscribed.", "Доля охваченных людей, которые отписались."),
    ),
    _ratio(
        "complaint_rate",
        "complained",
        "reached",
        ("Complaints, %", "Жалобы, %"),
        ("Share of people reached who complained.", "Доля охваченных людей, которые пожаловались."),
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
"""The registry, in the order in which a report shows them."""


def metrics_named(names: Iterable[str]) -> list[Metric]:
    """Find metrics by name, in the order asked.

    Raises:
        MetricUnknown: the registry holds no such name.
    """
    found = []
    for name in names:
        metric = METRICS.get(name)
        if metric is None:
            raise MetricUnknown(name)
        found.append(metric)
    return found


def counts_behind(metrics: Iterable[Metric]) -> dict[str, Count]:
    """Name every count that the metrics are made from, numerators and denominators included, each once."""
    counts: dict[str, Count] = {}
    for metric in metrics:
        names = (metric.name,) if isinstance(metric.rule, Count) else (metric.rule.numerator, metric.rule.denominator)
        for name in names:
            rule = METRICS[name].rule
            if isinstance(rule, Count):
                counts[name] = rule
    return counts
