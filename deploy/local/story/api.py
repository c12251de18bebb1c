"""The public HTTP surface as a script uses it: sign-in at the provider, calls, pages, long work with progress."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from deploy.local.engines.realm import DEMO_CLIENT
from deploy.local.screen import counted

_PAGE = 500
_RENEW_EARLY_SECONDS = 30.0
_BUSY = {429, 503, 504}
_PATIENCE_SECONDS = 60.0
# What long work is called while it goes on, and how much further it must be to be told again.
_DOING = {
    "import-read": "reading",
    "import-dry-run": "trying",
    "import-commit": "writing",
    "campaign-launch": "freezing the audience",
}
_TELL_EVERY = 0.2

Grant = Mapping[str, str]
Progress = Callable[[str], None]


class StoryError(AssertionError):
    """The system did not do what it promises; the message says what was expected and what came."""


def expect(holds: bool, promise: str) -> None:
    """Check a promise.

    Raises:
        StoryError: it does not hold.
    """
    if not holds:
        raise StoryError(promise)


class Api:
    """Calls of one caller in one workspace. A bearer is renewed before it ends; busy answers are waited out."""

    def __init__(self, gateway: str, issuer: str, grant: Grant, workspace: str) -> None:
        self._issuer = issuer
        self._grant = dict(grant)
        self._token = ""
        self._until = 0.0
        self._client = httpx.Client(base_url=gateway, timeout=60, headers={"X-Consilium-Workspace": workspace})

    def get(self, path: str, **query: Any) -> Any:
        """Read a resource."""
        return self._json("GET", path, params=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **query: Any) -> Any:
        """Create or run a verb, with a fresh idempotency key unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._json("POST", path, json=body if body is not None else {}, headers=headers, params=query)

    def upload(self, path: str, fields: Mapping[str, str], name: str, content: bytes) -> Any:
        """Post a form with one file."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self._json("POST", path, data=dict(fields), files={"file": (name, content)}, headers=headers)

    def exists(self, path: str) -> bool:
        """Tell whether a resource is there."""
        return self.answer("GET", path).status_code == httpx.codes.OK

    def pages(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, page by page; with a body it is a search by POST."""
        token = ""
        while True:
            if body is None:
                page = self.get(path, page_size=_PAGE, **query, **({"page_token": token} if token else {}))
            else:
                page = self.post(path, {**body, "page_size": _PAGE, **({"page_token": token} if token else {})})
            yield from page["items"]
            token = page.get("next_page_token") or ""
            if not token:
                return

    def wait(self, operation: str, tell: Progress, seconds: float = 1200) -> dict[str, Any]:
        """Follow long work to its good end and return its result.

        Raises:
            StoryError: it failed, or takes longer than `seconds`.
        """
        deadline = time.monotonic() + seconds
        told, pause = 0, 0.05
        while True:
            state = self.get(f"/v1/operations/{operation}")
            progress = state.get("progress") or {}
            done, total = int(progress.get("done", 0)), int(progress.get("total", 0))
            if done > told and (done == total or done >= told + _TELL_EVERY * total):
                doing = _DOING.get(state["kind"], state["kind"].replace("-", " "))
                tell(f"{doing}: {done:,} of {counted(total, progress['unit'].removesuffix('s'), progress['unit'])}")
                told = done
            if state["done"]:
                error = state.get("error")
                expect(not error, f"{state['kind']} ends well, but: {error}")
                result: dict[str, Any] = state.get("result") or {}
                return result
            expect(time.monotonic() < deadline, f"{state['kind']} ends within {seconds:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.7)

    def _json(self, method: str, path: str, **options: Any) -> Any:
        answer = self.answer(method, path, **options)
        if answer.is_error:
            raise StoryError(f"{method} {path} is answered {answer.status_code}: {answer.text[:1500]}")
        return answer.json() if answer.content else {}

    def answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return an answer as it is, refusals too; busy ones are waited out."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        fresh = False
        while True:
            headers = {**options.pop("headers", {}), "Authorization": f"Bearer {self._bearer()}"}
            answer = self._client.request(method, path, headers=headers, **options)
            if answer.status_code == httpx.codes.UNAUTHORIZED and not fresh:
                # A provider that keeps its keys in memory knows no token from before its restart.
                fresh, self._until, options["headers"] = True, 0.0, headers
                continue
            if answer.status_code not in _BUSY or time.monotonic() > deadline:
                return answer
            # The same call again, with the same key: whatever was done the first time is not done twice.
            options["headers"] = headers
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), 10))

    def _bearer(self) -> str:
        if time.monotonic() > self._until:
            answer = httpx.post(f"{self._issuer}/protocol/openid-connect/token", data=self._grant, timeout=30)
            expect(answer.is_success, f"the provider signs in, but: {answer.status_code} {answer.text[:300]}")
            told = answer.json()
            self._token = str(told["access_token"])
            self._until = time.monotonic() + float(told["expires_in"]) - _RENEW_EARLY_SECONDS
        return self._token


def system_grant(addresses: Mapping[str, Any]) -> Grant:
    """Return how the client for scripts signs in."""
    client = addresses["system_client"]
    return {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}


def person_grant(addresses: Mapping[str, Any], name: str) -> Grant:
    """Return how a demo person signs in without a browser."""
    password = next(person["password"] for person in addresses["people"] if person["name"] == name)
    return {"grant_type": "password", "client_id": DEMO_CLIENT, "username": name, "password": password}
