"""Accounts: what the console keeps for one person, and how much of it.

Promise: a name is only what the sign-in provider told; preferences and views are the person's own and bounded.
Not here: what a screen puts into them; to access they are trees.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.access.domain.errors import KeepsakeTooLarge

Tree = Mapping[str, Any]
"""A JSON object."""

LARGEST = 16_384
"""Bytes of preferences, or of one view's state: ten times what a screen needs."""

MOST_VIEWS = 200
"""Views that one person may keep: more is a program's doing."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is kept of one person."""

    id: str
    name: str = ""
    language: str = ""
    preferences: Tree = field(default_factory=dict)

    def changed(self, language: str | None, preferences: Tree | None) -> "Account":
        """Return it with what is given; None leaves as it is.

        Raises:
            KeepsakeTooLarge: the preferences are too large.
        """
        return replace(
            self,
            language=self.language if language is None else language,
            preferences=self.preferences if preferences is None else fitting(preferences, "preferences"),
        )


@dataclass(frozen=True, slots=True)
class View:
    """A list as somebody likes to see it, in one workspace."""

    id: str
    owner: str
    workspace: str
    screen: str
    name: str
    state: Tree
    shared: bool
    updated_at: datetime

    def changed(self, now: datetime, name: str | None, state: Tree | None, shared: bool | None) -> "View":
        """Return it with what is given; None leaves as it is.

        Raises:
            KeepsakeTooLarge: the state is too large.
        """
        return replace(
            self,
            name=self.name if name is None else name,
            state=self.state if state is None else fitting(state, "state"),
            shared=self.shared if shared is None else shared,
            updated_at=now,
        )


def fitting(tree: Tree, name: str) -> Tree:
    """Give back a tree that is small enough to keep.

    Raises:
        KeepsakeTooLarge: it is not.
    """
    if len(json.dumps(tree, ensure_ascii=False).encode()) > LARGEST:
        raise KeepsakeTooLarge(name, LARGEST)
    return tree
