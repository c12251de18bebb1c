"""Feature freezes on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Name, Time, View

Scope = Literal["publishing", "imports", "roles"]


class Freeze(View):
    """A declared period in which some things are held back."""

    id: str = Field(description="UUID.")
    title: str = Field(description="What it is for, in the administrator's words.")
    begin_time: Time | None = Field(default=None, description="When it begins.")
    end_time: Time | None = Field(default=None, description="When it ends.")
    scopes: list[Scope] = Field(
        description="'publishing': letters and launches; 'imports': uploads and commits; 'roles': new keys and rights."
    )
    lift_time: Time | None = Field(default=None, description="When it was lifted before its end, if it was.")
    declared_by: str = Field(description="Who declared it.")


class NewFreeze(Body):
    """A period to declare."""

    title: Name = Field(min_length=1, max_length=100, description="What it is for, such as a congress.")
    begin_time: Time | None = Field(default=None, description="When it begins; absent or past means now.")
    end_time: Time = Field(description="When it ends, at most 31 days after its begin.")
    scopes: list[Scope] = Field(default=[], max_length=3, description="What it holds back; empty means everything.")
