"""Templates and letters on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Id, Key, Name, Time, View


class Block(Body):
    """A piece of a letter; every text takes variables in Liquid."""

    kind: Literal["heading", "text", "button", "image", "divider", "footer"] = Field(description="What it is.")
    text: str | None = Field(
        default=None,
        max_length=10000,
        description=(
            "What a heading, text, button or footer says, what stands for an image that is not shown. In a text and a "
            "footer an empty line begins a paragraph, lines that begin with '- ' are a list, **bold**, *italic* and "
            "[words](address)."
        ),
    )
    address: str | None = Field(
        default=None, max_length=2000, description="Where a button or an image leads; nowhere when empty."
    )
    image: str | None = Field(default=None, max_length=2000, description="An image's own address.")
    level: int | None = Field(default=None, ge=0, le=3, description="A heading's rank, 1 to 3; 1 when 0.")
    width: int | None = Field(
        default=None, ge=0, le=600, description="An image's width in pixels; as wide as the letter when 0."
    )
    line: int | None = Field(default=None, description="The line of the body that it makes, from 1. Output only.")


class LetterContent(Body):
    """What a letter is made of."""

    subject: str = Field(min_length=1, max_length=500, description="Subject, Liquid.")
    preheader: str | None = Field(
        default=None, max_length=500, description="The line that mail programs show after the subject, Liquid."
    )
    body: str | None = Field(
        default=None,
        description="Body: MJML with Liquid, at most 256 KiB. Made of `blocks` where there are any, whatever is given.",
    )
    from_name: str | None = Field(default=None, max_length=100, description="Name shown as the sender.")
    fallbacks: dict[str, str] | None = Field(
        default=None, max_length=100, description="Variables with what stands in for an empty one."
    )
    language: str | None = Field(default=None, max_length=16, description="BCP 47 language, 'ru' when empty.")
    blocks: list[Block] | None = Field(
        default=None, max_length=100, description="The body as a person builds it; empty when it was written as MJML."
    )


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

    name: Name = Field(min_length=1, max_length=200, description="Its name.")
    channel: Literal["email"] = Field(description="'email'.")
    draft: LetterContent = Field(description="What it says.")


class PatchTemplate(Body):
    """Changes of a template."""

    name: Name = Field(min_length=1, max_length=200, description="New name.")
    draft: LetterContent | None = Field(default=None, description="New content, whole.")


class LetterProblem(View):
    """What is wrong with a letter."""

    severity: str = Field(description="'error' or 'warning'.")
    code: str = Field(description="A code such as 'UNSUBSCRIBE_LINK_MISSING', 'LIQUID_LIMIT', 'VARIABLE_UNKNOWN'.")
    field: str = Field(description="'subject', 'preheader' or 'body'.")
    line: int = Field(description="Line in the field, from 1; 0 when it is about the whole.")
    detail: str = Field(description="A sentence.")
    block: int | None = Field(
        default=None, description="The block that it is about, from 0, when the body was made of blocks."
    )


class Variable(View):
    """Something of which each reader's letter holds his own."""

    name: str = Field(description="Its name in Liquid, such as 'given_name'.")
    kind: str = Field(
        description="'person': a value of the reader, who may lack it. 'link': an address that every letter has."
    )
    titles: dict[str, str] = Field(description="Title by BCP 47 language ('ru', 'en').")
    samples: dict[str, str] = Field(
        description="How a value looks in a letter of a BCP 47 language; codes are said by their names."
    )


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
