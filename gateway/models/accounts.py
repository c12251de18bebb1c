"""Accounts and saved views on the wire."""

from typing import Any

from pydantic import Field

from gateway.models.manner import Body, Name, Time, View


class Account(View):
    """What the console keeps for you."""

    id: str = Field(description="Your id as a principal.")
    name: str = Field(description="How the sign-in provider names you; empty when it tells no name.")
    language: str = Field(description="BCP 47 language of the console, empty while not chosen.")
    preferences: dict[str, Any] | None = Field(default=None, description="What screens remember, by their own keys.")


class PatchAccount(Body):
    """What the console shall remember."""

    language: str | None = Field(
        default=None, pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", description="BCP 47 language of the console."
    )
    preferences: dict[str, Any] | None = Field(
        default=None, description="New preferences, whole; 16 KiB as JSON at most."
    )


class GetNames(Body):
    """Whose names."""

    ids: list[str] = Field(max_length=500, description="Ids of principals, at most 500.")


class Names(View):
    """How principals are called."""

    names: dict[str, str] = Field(description="Names by id; of API keys, their titles. Others are left out.")


class SavedView(View):
    """A list as somebody likes to see it."""

    id: str = Field(description="UUID.")
    screen: str = Field(description="The screen, such as 'clients'.")
    name: str = Field(description="Its name.")
    state: dict[str, Any] | None = Field(
        default=None, description="What the screen needs to show it again: filters, columns, order."
    )
    shared: bool = Field(description="Whether everybody in the workspace sees it.")
    own: bool = Field(description="Whether it is yours, to change and to drop.")
    update_time: Time | None = Field(default=None, description="When it last changed.")


class NewView(Body):
    """A view to keep."""

    screen: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="The screen, such as 'clients'.")
    name: Name = Field(min_length=1, max_length=100, description="Its name.")
    state: dict[str, Any] = Field(description="What the screen needs to show it again; 16 KiB as JSON at most.")
    shared: bool | None = Field(default=None, description="Whether everybody in the workspace sees it.")


class PatchView(Body):
    """Changes of a view."""

    name: Name | None = Field(default=None, min_length=1, max_length=100, description="New name.")
    state: dict[str, Any] | None = Field(default=None, description="New state, whole.")
    shared: bool | None = Field(default=None, description="New switch.")
