"""Templates and letters on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Id, Key, Time, View


class LetterContent(Body):
    """What a letter is made of."""

    subject: str = Field(min_length=1, max_length=500, description="Subject, Liquid.")
    preheader: str | None = Field(
        default=None, max_length=500, description="The line that mail programs show after the subject, Liquid."
    )
    body: str = Field(min_length=1, description="Body: MJML with Liquid, at most 256 KiB.")
    from_name: str | None = Field(default=None, max_length=100, description="Name shown as the sender.")
    fallbacks: dict[str, str] | None = Field(
        default=None, max_length=100, description="Variables with what stands in for an empty one."
    )
    language: str | None = Field(default=None, max_length=16, description="BCP 47 language, 'ru' when empty.")


class Template(View):
    """A letter under work."""

    id: str = Field(description="UUID.")
    name: str = Field(description="Its name.")
    channel: str = Field(description="'email'.")
    draft: LetterContent | None = Field(default=None, description="What it says now.")
    version: int = Field(description="The last published version, 0 when none.")
    archived: bool = Field(description="Set aside.")
    create_time: Time | None = Field(default=None, description="Made.")
    update_time: Time | None = Field(default=None, description="Last changed.")
    etag: str = Field(description="Opaque.")
    workspace: str = Field(description="The workspace that it belongs to.")


class TemplateVersion(View):
    """A letter that never changes."""

    template: str = Field(description="The template.")
    version: int = Field(description="1, 2, 3 …")
    content: LetterContent | None = Field(default=None, description="What it says.")
    create_time: Time | None = Field(default=None, description="When it was published.")
    workspace: str = Field(description="The workspace that it belongs to.")


class NewTemplate(Body):
    """A template to create."""

    name: str = Field(min_length=1, max_length=200, description="Its name.")
    channel: Literal["email"] = Field(description="'email'.")
    draft: LetterContent = Field(description="What it says.")


class PatchTemplate(Body):
    """Changes of a template."""

    name: str = Field(min_length=1, max_length=200, description="New name.")
    draft: LetterContent | None = Field(default=None, description="New content, whole.")


class LetterProblem(View):
    """What is wrong with a letter."""

    severity: str = Field(description="'error' or 'warning'.")
    code: str = Field(description="A code such as 'UNSUBSCRIBE_LINK_MISSING', 'LIQUID_LIMIT', 'VARIABLE_UNKNOWN'.")
    field: str = Field(description="'subject', 'preheader' or 'body'.")
    line: int = Field(description="Line in the field, from 1; 0 when it is about the whole.")
    detail: str = Field(description="A sentence.")


class LetterCheck(View):
    """What a check found."""

    problems: list[LetterProblem] = Field(description="What is wrong.")
    variables: list[str] = Field(description="Variables that it uses.")
    links: list[str] = Field(description="Links that it holds, in order.")
    size: int = Field(description="Bytes of HTML for an average person.")


class PreviewSaved(Body):
    """The person to show a template for."""

    profile: Id | None = Field(default=None, description="The person; absent shows the fallbacks.")


class LetterPreview(View):
    """A letter as a person would see it."""

    subject: str = Field(description="The subject.")
    preheader: str = Field(description="The preheader.")
    html: str = Field(description="The body as HTML; links lead nowhere.")
    text: str = Field(description="The body as text.")
    fallbacks_used: list[str] = Field(description="Variables whose fallback stood in.")


class SendSaved(Body):
    """Where to send a test letter."""

    addresses: list[str] = Field(min_length=1, max_length=10, description="Where to, at most ten.")
    profile: Id | None = Field(default=None, description="Rendered for this person; with fallbacks when absent.")
    controller: Key | None = Field(default=None, description="The base in whose name it is sent.")


class TestResult(View):
    """What became of one test letter."""

    outcome: str = Field(description="'delivered', 'bounced' or 'failed'.")
    provider_code: str = Field(description="The provider's code.")


class TestSent(View):
    """What became of the test letters."""

    results: list[TestResult] = Field(description="By address in the order asked.")
