"""Values that several resources carry."""

from pydantic import Field, model_validator

from gateway.models.manner import Body, Time, View


class AttributeValue(Body):
    """One value of an attribute; which case is used is fixed by the attribute's type in the catalogue."""

    text: str | None = Field(default=None, max_length=4096, description="Text, at most 4,096 characters.")
    number: float | None = Field(default=None, description="A number.")
    flag: bool | None = Field(default=None, description="Yes or no.")
    date: str | None = Field(
        default=None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="A calendar day, RFC 3339 full-date ('2024-02-29')."
    )
    code: str | None = Field(default=None, max_length=64, description="A code of the attribute's dictionary.")

    @model_validator(mode="after")
    def _one(self) -> "AttributeValue":
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of text, number, flag, date, code")
        return self


class Interval(Body):
    """A span of time: start included, end excluded; an absent border is open."""

    start_time: Time | None = Field(default=None, description="The first moment.")
    end_time: Time | None = Field(default=None, description="The first moment that no longer belongs to it.")


class Actor(View):
    """Who did something: ids only, never a name."""

    principal: str = Field(description="The principal's id.")
    operation: str = Field(description="The operation on whose behalf it happened, empty for a direct act.")
