"""Somebody at work while engines and processes fail: people are made one after another, each call with its key."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

from deploy.local.story.api import Api, StoryError, system_grant

# What an answer may be while something is away: come again, nothing was done or it is remembered by its key.
_AGAIN = ("answered 429", "answered 502", "answered 503", "answered 504")


class Visitors:
    """Goes on making people by the API, each call repeated with its key until it is answered for good.

    Args:
        told: what an installation tells of its addresses and callers.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._api = Api(told["gateway"], told["issuer"], system_grant(told), "*")
        # Said three times: a search forgives two letters, and nobody may be found by the name of another maker's.
        self.family = "Ожидаево" + "о".join(["".join(random.sample("бвгдклмнпрст", k=7))] * 3)
        self.made: list[str] = []
        self.wrong: list[str] = []
        self.repeated: Counter[str] = Counter()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._visit, name="visitors")

    def begin(self) -> None:
        """Start making people."""
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Stop once the call in hand is answered for good."""
        self._over.set()
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the call in hand is answered within {seconds:.0f} s"

    def _visit(self) -> None:
        while not self._over.is_set():
            person = {"kind": "hcp", "base": "main", "attributes": {"family_name": {"text": self.family}}}
            self.made.append(self._until_answered(person, str(uuid.uuid4())))
            self._over.wait(0.2)

    def _until_answered(self, person: dict[str, Any], key: str) -> str:
        while True:
            try:
                return str(self._api.post("/v1/profiles", person, key=key)["id"])
            except httpx.HTTPError as error:
                self.repeated[type(error).__name__] += 1
            except StoryError as refusal:
                self.repeated["refused"] += 1
                if not any(known in str(refusal) for known in _AGAIN):
                    self.wrong.append(str(refusal))
            time.sleep(0.5)
