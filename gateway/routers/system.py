"""/v1/system: what works now, in words for people; operators ask /readyz."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.door import Caller, needs
from gateway.manner import written

Readiness = Callable[[], Awaitable[Mapping[str, bool]]]
"""Tells of each dependency by name whether it answers now."""

EFFECTS: Mapping[str, tuple[str, str, str]] = {
    "profile": ("people", "Cards, imports and edits do not answer.", "Карточки, импорт и правки не отвечают."),
    "segment": ("search", "Search, segments and counts do not answer.", "Поиск, сегменты и подсчёты не отвечают."),
    "campaign": (
        "campaigns",
        "Campaigns and letters cannot be changed or launched; what was launched goes on.",
        "Кампании и письма нельзя менять и запускать; запущенное продолжается.",
    ),
    "channel": ("sending", "Nothing is sent; it waits and goes out later.", "Отправка ждёт и продолжится позже."),
    "report": ("reports", "Reports and timelines do not answer.", "Отчёты и ленты событий не отвечают."),
    "access": ("access", "Nobody new can sign in.", "Новый вход невозможен."),
    "provider": ("sign-in", "Nobody new can sign in.", "Новый вход невозможен."),
    "mongodb": ("store", "Sessions cannot be renewed.", "Сессии не продлеваются."),
    "nats": ("events", "Collected events and uploads are not taken.", "События и файлы не принимаются."),
}
"""Dependencies: how people call them, and what does not work without them (en, ru)."""


class SystemPart(BaseModel):
    """A part of the system."""

    name: str = Field(description="'people', 'search', 'campaigns', 'sending', 'reports' and the like.")
    ready: bool = Field(description="Whether it answers now.")
    effects: dict[str, str] = Field(description="What does not work meanwhile, by language; empty while it answers.")


class SystemState(BaseModel):
    """What works now."""

    ready: bool = Field(description="Whether everything answers.")
    parts: list[SystemPart] = Field(description="Part by part.")


def router(readiness: Readiness) -> APIRouter:
    """Build the route over what the gateway stands on."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["system"])

    @routes.get("/system", response_model=SystemState, summary="What works now")
    async def get_system(caller: Annotated[Caller, needs("me.read")]) -> Response:
        """Tells part by part whether it answers, and what does not work meanwhile."""
        del caller
        answers = await readiness()
        parts = [_part(name, ready) for name, ready in answers.items() if name in EFFECTS]
        return written({"ready": all(answers.values()), "parts": parts})

    return routes


def _part(dependency: str, ready: bool) -> dict[str, object]:
    name, english, russian = EFFECTS[dependency]
    return {"name": name, "ready": ready, "effects": {} if ready else {"en": english, "ru": russian}}
