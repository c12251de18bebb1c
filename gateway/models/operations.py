"""Long work on the wire."""

from typing import Any

from pydantic import Field

from gateway.models.manner import Time, View


class Progress(View):
    """How far an operation is."""

    done: int = Field(description="Units done.")
    total: int = Field(description="Units in all; 0 while unknown.")
    unit: str = Field(description="What is counted: 'rows', 'letters', 'people'.")


class OperationError(View):
    """Why an operation failed."""

    reason: str = Field(description="The reason, one of the installation's error reasons, or 'CANCELLED'.")
    detail: str = Field(description="A sentence for a person, without anything personal.")


class Operation(View):
    """One piece of long work."""

    id: str = Field(description="UUID; its last byte names the service.")
    kind: str = Field(description="What it does, such as 'import-commit', 'campaign-launch', 'segment-refresh'.")
    subject: str = Field(description="What it is about, such as an import's or a campaign's id.")
    done: bool = Field(description="Whether it has ended, well or not.")
    cancelling: bool = Field(description="Whether somebody asked it to stop.")
    progress: Progress | None = Field(default=None, description="How far it is.")
    result: dict[str, Any] | None = Field(
        default=None, description="Counts and ids, once it ended well. Never anything personal."
    )
    error: OperationError | None = Field(default=None, description="Why it ended badly.")
    create_time: Time | None = Field(default=None, description="When it was asked for.")
    update_time: Time | None = Field(default=None, description="When it last moved.")
    principal: str = Field(description="The principal who asked for it.")
