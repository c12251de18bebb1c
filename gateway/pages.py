"""The few pages of the gateway itself, for people without a sign-in.

Promise: every value is escaped; no script; no inline style; a page changes nothing by being looked at.
"""

from collections.abc import Mapping
from html import escape
from string import Template

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from gateway.headers import PAGE_POLICY

LANGUAGES = ("en", "ru")

_PAGE = Template(
    '<!doctype html><html lang="$language"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    '<title>$title</title><link rel="stylesheet" href="/assets/pages.css"></head>'
    "<body><main><h1>$title</h1>$body</main></body></html>"
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "ask_title": "Unsubscribe",
        "ask": "<strong>$controller</strong> will no longer write to <strong>$address</strong>, whatever about.",
        "button": "Unsubscribe",
        "done_title": "You are unsubscribed",
        "done": "<strong>$controller</strong> will no longer write to this address. "
        "Letters that are already on their way may still arrive.",
        "unknown_title": "This link is not valid",
        "unknown": "Perhaps it was copied incompletely. Please open it from the letter once more.",
        "letter_title": "This letter is no longer kept",
        "letter": "Letters can be opened in the browser for a limited time.",
        "choose": "Choose what to receive instead",
        "busy_title": "Please try again in a minute",
        "busy": "We cannot answer just now, and nothing was changed.",
        "failed_title": "Sign-in did not succeed",
        "failed": "It took too long, was begun in another browser, or was refused. Please begin again.",
        "again": "Sign in",
    },
    "ru": {
        "ask_title": "Отписаться",
        "ask": "<strong>$controller</strong> больше не будет писать на адрес <strong>$address</strong>, "
        "о чём бы то ни было.",
        "button": "Отписаться",
        "done_title": "Вы отписаны",
        "done": "<strong>$controller</strong> больше не будет писать на этот адрес. "
        "Письма, которые уже в пути, ещё могут прийти.",
        "unknown_title": "Ссылка не действует",
        "unknown": "Возможно, она скопирована не полностью. Откройте её из письма ещё раз.",
        "letter_title": "Письмо больше не хранится",
        "letter": "Открыть письмо в браузере можно ограниченное время.",
        "choose": "Выбрать, что получать",
        "busy_title": "Попробуйте ещё раз через минуту",
        "busy": "Сейчас мы не можем ответить. Ничего не изменилось.",
        "failed_title": "Войти не удалось",
        "failed": "Вход занял слишком много времени, был начат в другом браузере или отклонён. Начните ещё раз.",
        "again": "Войти",
    },
}


def language_of(request: Request, told: str = "") -> str:
    """Return the language of a page: the letter's, else the browser's first that we speak, else English."""
    wanted = [told, *(part.partition(";")[0] for part in request.headers.get("accept-language", "").split(","))]
    for each in wanted:
        short = each.strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return "en"


def by_browser(request: Request) -> bool:
    """Tell whether somebody reads the answer in a browser, who is shown a page, rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def ask_to_unsubscribe(language: str, controller: str, address: str, token: str) -> Response:
    """Show what an unsubscribe link would do, the button that does it, and the way to choose instead."""
    words = _WORDS[language]
    text = Template(words["ask"]).substitute(
        controller=escape(controller),
        address=escape(address or "…"),
    )
    form = f'<form method="post" action="/u/{escape(token)}">'
    form += f'<input type="hidden" name="from" value="page"><button>{words["button"]}</button></form>'
    return page(language, words["ask_title"], f"<p>{text}</p>{form}{_choose(language, token)}")


def _choose(language: str, token: str) -> str:
    return f'<p class="other"><a href="/p/{escape(token)}">{_WORDS[language]["choose"]}</a></p>'


def unsubscribed(language: str, controller: str, token: str) -> Response:
    """Show that the withdrawal is done, and the way to choose again."""
    words = _WORDS[language]
    text = Template(words["done"]).substitute(controller=escape(controller))
    return page(language, words["done_title"], f"<p>{text}</p>{_choose(language, token)}")


def link_unknown(request: Request) -> Response:
    """Show that a link is none of ours."""
    words = _WORDS[language_of(request)]
    return page(language_of(request), words["unknown_title"], f"<p>{words['unknown']}</p>", 404)


def letter_gone(request: Request) -> Response:
    """Show that a letter is no longer kept."""
    words = _WORDS[language_of(request)]
    return page(language_of(request), words["letter_title"], f"<p>{words['letter']}</p>", 404)


def sign_in_failed(request: Request) -> Response:
    """Show that a sign-in did not succeed, and how to begin again."""
    words = _WORDS[language_of(request)]
    link = f'<a class="button" href="/auth/sign-in">{words["again"]}</a>'
    return page(language_of(request), words["failed_title"], f"<p>{words['failed']}</p>{link}", 401)


def busy(request: Request) -> Response:
    """Ask to come back: something behind the door is away for a moment, and nothing was changed."""
    words = _WORDS[language_of(request)]
    answer = page(language_of(request), words["busy_title"], f"<p>{words['busy']}</p>", 503)
    answer.headers["retry-after"] = "5"
    return answer


def page(language: str, title: str, body: str, status: int = 200) -> Response:
    """Make a page of its title and its body, which is HTML already."""
    text = _PAGE.substitute(language=language, title=escape(title), body=body)
    return HTMLResponse(text, status, {"content-security-policy": PAGE_POLICY})
