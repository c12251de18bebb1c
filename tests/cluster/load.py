"""The load inside the cluster: calls through the gateway's Service, each counted, none repeated.

Runs in a pod of the product's own image until SIGTERM, then prints one line of JSON: answers by kind and status, the
longest wait, what was refused, and the ids of what was accepted.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections import Counter
from typing import Any

import aiohttp

GATEWAY, ISSUER = "http://gateway:8080", "http://keycloak:8090/realms/consilium"
FAMILY = os.environ["LOAD_FAMILY"]
EVENT = os.environ["LOAD_EVENT"]
PAUSE = float(os.environ["LOAD_PAUSE"])

answers: Counter[str] = Counter()
refused: list[str] = []
people: list[str] = []
events: list[str] = []
longest: dict[str, float] = {}
over = asyncio.Event()


class Token:
    """The bearer of the client for scripts, renewed before it ends."""

    def __init__(self) -> None:
        self._value, self._until = "", 0.0

    async def headers(self, http: aiohttp.ClientSession) -> dict[str, str]:
        """Return the headers of a call."""
        if time.monotonic() > self._until:
            form = {
                "grant_type": "client_credentials",
                "client_id": "consilium-system",
                "client_secret": os.environ["LOAD_SECRET"],
            }
            async with http.post(f"{ISSUER}/protocol/openid-connect/token", data=form) as answer:
                told = await answer.json()
            self._value, self._until = told["access_token"], time.monotonic() + told["expires_in"] - 60
        return {"Authorization": f"Bearer {self._value}", "X-Consilium-Workspace": "main"}


token = Token()


async def call(http: aiohttp.ClientSession, kind: str, method: str, path: str, body: Any = None) -> Any:
    """Make one call and count its answer; give what it answered when it was taken."""
    began = time.monotonic()
    headers = await token.headers(http)
    if method == "POST":
        headers["Idempotency-Key"] = str(uuid.uuid4())
    try:
        async with http.request(method, f"{GATEWAY}{path}", json=body, headers=headers) as answer:
            text, status = await answer.text(), str(answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        text, status = str(error), type(error).__name__
    answers[f"{kind} {status}"] += 1
    longest[kind] = max(longest.get(kind, 0.0), round(time.monotonic() - began, 2))
    if status[0] != "2":
        refused.append(f"{time.strftime('%H:%M:%S', time.gmtime())} {kind} {status} {text[:200]}")
        return None
    return json.loads(text) if text else {}


async def make_people(http: aiohttp.ClientSession) -> None:
    """Go on making people."""
    while not over.is_set():
        person = {"kind": "hcp", "base": "main", "attributes": {"family_name": {"text": FAMILY}}}
        made = await call(http, "create", "POST", "/v1/profiles", person)
        if made:
            people.append(made["id"])
        await asyncio.sleep(PAUSE)


async def tell_events(http: aiohttp.ClientSession) -> None:
    """Go on telling what somebody did on a site."""
    while not over.is_set():
        event = {
            "event_id": str(uuid.uuid4()), "name": EVENT, "anonymous_id": FAMILY,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }  # fmt: skip
        if await call(http, "track", "POST", "/v1/track?source=site", event) is not None:
            events.append(event["event_id"])
        await asyncio.sleep(PAUSE)


async def look(http: aiohttp.ClientSession) -> None:
    """Go on reading."""
    while not over.is_set():
        await call(http, "read", "GET", "/v1/profiles?page_size=5")
        await call(http, "segments", "GET", "/v1/segments?page_size=5")
        await call(http, "campaigns", "GET", "/v1/campaigns?page_size=5")
        await asyncio.sleep(PAUSE)


async def main() -> None:
    """Load until told to stop, then tell."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=35)) as http:
        loops = [asyncio.create_task(each(http)) for each in (make_people, tell_events, tell_events, look)]
        await over.wait()
        for loop in loops:
            with contextlib.suppress(Exception):
                await loop
    told = {"answers": answers, "longest": longest, "refused": refused, "people": people, "events": events}
    sys.stdout.write(f"LOAD {json.dumps(told)}\n")


asyncio.run(main())
