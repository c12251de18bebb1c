"""Campaign through its socket: who may see and change what, and what a repeat or a stale etag gets."""

from collections.abc import AsyncIterator

import pytest

from chassis.bus import connect
from chassis.kernel import Code, Problem, new_id
from chassis.process import Running
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from gen.consilium.campaign.v1 import templates_pb2
from gen.consilium.channel.v1 import messages_pb2
from services.campaign.config import Settings
from tests.integration.campaign.neighbours import Neighbours
from tests.integration.campaign.system import CONTENT, Console
from tests.polling import until
from tests.trail import acts


@pytest.fixture
async def partner(running: Running, neighbours: Neighbours) -> AsyncIterator[Console]:
    """Somebody who works in another base."""
    console = Console(running.port, neighbours.keys, workspace="partner", person="person-2")
    yield console
    await console.close()


@pytest.fixture
async def owner(running: Running, neighbours: Neighbours) -> AsyncIterator[Console]:
    """Somebody who works in the whole installation."""
    console = Console(running.port, neighbours.keys, workspace="*", person="person-3")
    yield console
    await console.close()


async def test_another_base_neither_sees_nor_changes_nor_lists_what_is_not_its_own(
    console: Console, partner: Console, owner: Console
) -> None:
    campaign = await console.a_campaign()

    for method, request in (
        (partner.campaigns.GetCampaign, pb.GetCampaignRequest(id=campaign.id)),
        (partner.campaigns.CheckCampaign, pb.CheckCampaignRequest(id=campaign.id)),
        (partner.campaigns.LaunchCampaign, pb.LaunchCampaignRequest(id=campaign.id)),
        (partner.campaigns.StopCampaign, pb.StopCampaignRequest(id=campaign.id)),
        (partner.campaigns.CopyCampaign, pb.CopyCampaignRequest(id=campaign.id, name="Taken")),
    ):
        with pytest.raises(Problem) as refused:
            await partner.call(method, request)
        assert refused.value.reason == "CAMPAIGN_UNKNOWN"
    with pytest.raises(Problem) as hidden:
        await partner.call(
            partner.templates.GetTemplate, templates_pb2.GetTemplateRequest(id=campaign.settings.template)
        )
    assert hidden.value.reason == "TEMPLATE_UNKNOWN"
    with pytest.raises(Problem) as no_version:
        await partner.call(
            partner.templates.GetTemplateVersion,
            templates_pb2.GetTemplateVersionRequest(template=campaign.settings.template, version=1),
        )
    assert no_version.value.reason == "TEMPLATE_VERSION_UNKNOWN"
    assert (await partner.call(partner.campaigns.ListCampaigns, pb.ListCampaignsRequest())).total == 0
    assert (await owner.call(owner.campaigns.ListCampaigns, pb.ListCampaignsRequest())).total == 1
    assert (await owner.get(campaign.id)).workspace == "main"


async def test_another_bases_letter_cannot_be_sent(console: Console, partner: Console) -> None:
    letter = await console.a_template()
    campaign = await partner.a_campaign(template=letter, controller="partner")

    checked = await partner.call(partner.campaigns.CheckCampaign, pb.CheckCampaignRequest(id=campaign.id))

    assert "TEMPLATE_UNKNOWN" in [finding.code for finding in checked.findings]


async def test_a_base_does_not_send_in_another_bases_name(partner: Console) -> None:
    campaign = await partner.a_campaign(controller="main")

    checked = await partner.call(partner.campaigns.CheckCampaign, pb.CheckCampaignRequest(id=campaign.id))

    assert "CONTROLLER_FOREIGN" in [finding.code for finding in checked.findings]


async def test_of_two_edits_with_one_etag_the_second_is_refused(console: Console) -> None:
    campaign = await console.a_campaign()
    settings = pb.CampaignSettings()
    settings.CopyFrom(campaign.settings)
    settings.name = "First"
    edit = pb.UpdateCampaignRequest(id=campaign.id, settings=settings, etag=campaign.etag)
    first = await console.call(console.campaigns.UpdateCampaign, edit)
    assert first.settings.name == "First"
    edit.settings.name = "Second"

    with pytest.raises(Problem) as refused:
        await console.call(console.campaigns.UpdateCampaign, edit)

    assert refused.value.reason == "ETAG_STALE"
    assert (await console.get(campaign.id)).settings.name == "First"


async def test_an_etag_that_was_never_given_is_stale(console: Console) -> None:
    campaign = await console.a_campaign()

    for etag in ("nonsense", "é", "MS4wLjA", "'; drop"):
        with pytest.raises(Problem) as refused:
            await console.call(
                console.campaigns.UpdateCampaign,
                pb.UpdateCampaignRequest(id=campaign.id, settings=campaign.settings, etag=etag),
            )
        assert refused.value.reason == "ETAG_STALE"


async def test_a_repeated_creation_answers_the_first_and_another_body_under_its_key_is_refused(
    console: Console, running: Running, neighbours: Neighbours
) -> None:
    request = templates_pb2.CreateTemplateRequest(name="Invitation", channel="email", draft=CONTENT, request_id="k1")
    first = await console.call(console.templates.CreateTemplate, request)
    again = await console.call(console.templates.CreateTemplate, request)
    request.name = "Another"

    assert again == first
    with pytest.raises(Problem) as refused:
        await console.call(console.templates.CreateTemplate, request)
    assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"
    elsewhere = Console(running.port, neighbours.keys, workspace="partner")
    assert (await elsewhere.call(elsewhere.templates.CreateTemplate, request)).id != first.id  # a workspace's own key
    await elsewhere.close()

    campaign = await console.a_campaign()
    copying = pb.CopyCampaignRequest(id=campaign.id, name="Copy", request_id="k2")
    copy = await console.call(console.campaigns.CopyCampaign, copying)
    assert copy.id != campaign.id
    assert (await console.call(console.campaigns.CopyCampaign, copying)).id == copy.id


async def test_pages_follow_one_another_and_a_token_of_another_query_is_refused(console: Console) -> None:
    template = await console.a_template()
    made = {(await console.a_campaign(template=template, name=f"Number {number}")).id for number in range(5)}

    seen: list[str] = []
    token = ""
    while True:
        page = await console.call(
            console.campaigns.ListCampaigns, pb.ListCampaignsRequest(page_size=2, page_token=token)
        )
        assert page.total == 5
        seen += [campaign.id for campaign in page.campaigns]
        token = page.next_page_token
        if not token:
            break
        other = token

    assert len(seen) == 5
    assert set(seen) == made
    for request in (
        pb.ListCampaignsRequest(page_token=other, segment="another"),
        pb.ListCampaignsRequest(page_token="forged"),
    ):
        with pytest.raises(Problem) as refused:
            await console.call(console.campaigns.ListCampaigns, request)
        assert refused.value.reason == "PAGE_TOKEN_INVALID"


async def test_a_list_is_narrowed_by_state_and_leaves_archived_ones_out(console: Console) -> None:
    template = await console.a_template()
    kept, archived = await console.a_campaign(template=template), await console.a_campaign(template=template)
    await console.call(console.campaigns.ArchiveCampaign, pb.ArchiveCampaignRequest(id=archived.id))

    async def ids(*states: "pb.CampaignState.ValueType") -> list[str]:
        page = await console.call(console.campaigns.ListCampaigns, pb.ListCampaignsRequest(states=states))
        return [campaign.id for campaign in page.campaigns]

    assert await ids() == [kept.id]
    assert await ids(pb.CAMPAIGN_STATE_ARCHIVED) == [archived.id]
    assert await ids(pb.CAMPAIGN_STATE_SENDING) == []


async def test_campaigns_are_found_by_any_piece_of_their_names(console: Console) -> None:
    template = await console.a_template()
    spring = await console.a_campaign(template=template, name="Весна (2026)")
    await console.a_campaign(template=template, name="Осень")

    for text, found in (("весна", [spring.id]), ("(2026", [spring.id]), ("(.*\0[$", []), (" ", None)):
        page = await console.call(console.campaigns.ListCampaigns, pb.ListCampaignsRequest(text=text))
        assert found is None or [campaign.id for campaign in page.campaigns] == found
        assert page.total == (2 if found is None else len(found))


async def test_versions_of_a_letter_stay_as_they_were_published(console: Console) -> None:
    template = await console.a_template()
    changed = templates_pb2.LetterContent()
    changed.CopyFrom(CONTENT)
    changed.subject = "Reminder"
    await console.call(
        console.templates.UpdateTemplate, templates_pb2.UpdateTemplateRequest(id=template, draft=changed)
    )
    publish = templates_pb2.PublishTemplateRequest(id=template)
    second = await console.call(console.templates.PublishTemplate, publish)
    again = await console.call(console.templates.PublishTemplate, publish)

    first = await console.call(
        console.templates.GetTemplateVersion, templates_pb2.GetTemplateVersionRequest(template=template, version=1)
    )

    assert (second.version, second.content.subject) == (2, "Reminder")
    assert again == second
    assert first.content.subject == "Hello"


async def test_a_letter_with_errors_is_not_published_and_says_which(console: Console, neighbours: Neighbours) -> None:
    template = await console.a_template(published=False)
    publish = templates_pb2.PublishTemplateRequest(id=template)
    warning = messages_pb2.LetterProblem(severity="warning", code="VARIABLE_WITHOUT_FALLBACK", field="subject")
    error = messages_pb2.LetterProblem(severity="error", code="MJML_INVALID", field="body", detail="Not MJML.")
    neighbours.letters.problems = [warning, error]

    with pytest.raises(Problem) as refused:
        await console.call(console.templates.PublishTemplate, publish)

    assert (refused.value.code, refused.value.reason) == (Code.FAILED_PRECONDITION, "LETTER_FAULTY")
    assert [(each.field, each.reason) for each in refused.value.violations] == [("draft.body", "MJML_INVALID")]
    neighbours.letters.problems = [warning]
    assert (await console.call(console.templates.PublishTemplate, publish)).version == 1


async def test_field_rules_are_told_by_field(console: Console) -> None:
    with pytest.raises(Problem) as refused:
        await console.a_campaign(name="", control_percent=51, goal=pb.Goal(event="", window_hours=0))

    assert refused.value.reason == "INVALID_FIELD"
    assert {violation.field for violation in refused.value.violations} == {
        "settings.name",
        "settings.control_percent",
        "settings.goal.event",
        "settings.goal.window_hours",
    }


async def test_who_may_only_read_changes_nothing_and_his_try_is_on_the_trail(
    running: Running, neighbours: Neighbours, console: Console, settings: Settings
) -> None:
    campaign = await console.a_campaign()
    reader = Console(running.port, neighbours.keys, actions=frozenset({"campaigns.read"}))

    assert (await reader.get(campaign.id)).id == campaign.id
    with pytest.raises(Problem) as refused:
        await reader.launch(campaign.id)

    assert refused.value.reason == "ACTION_NOT_ALLOWED"
    bus = await connect(settings.nats, namespace=settings.namespace, service="campaign")
    assert ("person-1", "campaigns.launch", "refused", [campaign.id]) in await acts(bus)
    await bus.close()
    await reader.close()


async def test_the_audit_trail_hears_who_did_what(console: Console, settings: Settings) -> None:
    campaign = await console.a_campaign()
    await console.call(console.campaigns.ArchiveCampaign, pb.ArchiveCampaignRequest(id=campaign.id))
    await console.call(console.campaigns.ArchiveCampaign, pb.ArchiveCampaignRequest(id=campaign.id))

    bus = await connect(settings.nats, namespace=settings.namespace, service="campaign")

    async def heard() -> list[tuple[str, str, str, list[str]]]:
        told = await acts(bus)
        return told if len(told) >= 4 else []

    told = await until(heard, 20)
    await bus.close()
    assert sorted(told) == sorted(
        [
            ("person-1", "templates.edit", "allowed", [campaign.settings.template]),
            ("person-1", "templates.edit", "allowed", [campaign.settings.template]),
            ("person-1", "campaigns.edit", "allowed", [campaign.id]),
            ("person-1", "campaigns.edit", "allowed", [campaign.id]),
        ]
    )


async def test_a_letter_of_blocks_is_kept_with_the_body_that_they_make(console: Console) -> None:
    content = templates_pb2.LetterContent(
        subject="News",
        body="not this",
        blocks=[
            templates_pb2.Block(kind=templates_pb2.BLOCK_KIND_HEADING, text="Hello, {{ given_name }}", level=2),
            templates_pb2.Block(kind=templates_pb2.BLOCK_KIND_FOOTER, text="Clinic"),
        ],
    )
    request = templates_pb2.CreateTemplateRequest(name="Letter", channel="email", draft=content)

    made = await console.call(console.templates.CreateTemplate, request)
    published = await console.call(console.templates.PublishTemplate, templates_pb2.PublishTemplateRequest(id=made.id))

    assert [(block.text, block.level, block.line) for block in made.draft.blocks] == [
        ("Hello, {{ given_name }}", 2, 2),
        ("Clinic", 0, 3),
    ]
    lines = made.draft.body.split("\n")
    assert ("Hello, {{ given_name }}" in lines[1], "unsubscribe_url" in lines[2]) == (True, True)
    assert published.content == made.draft
    with pytest.raises(Problem) as refused:
        await console.call(
            console.templates.UpdateTemplate,
            templates_pb2.UpdateTemplateRequest(id=made.id, draft=templates_pb2.LetterContent(subject="News")),
        )
    assert refused.value.reason == "LETTER_BODY_MISSING"
    assert [each.field for each in refused.value.violations] == ["draft.body"]


async def test_a_picture_is_in_use_as_long_as_a_letter_in_use_shows_it(console: Console, partner: Console) -> None:
    drafted, published, nowhere = ("0123456789abcdef" * 2, "fedcba9876543210" * 2, "0" * 32)

    def showing(picture: str) -> templates_pb2.LetterContent:
        image = templates_pb2.Block(kind=templates_pb2.BLOCK_KIND_IMAGE, image=f"https://clinic.example/i/{picture}")
        footer = templates_pb2.Block(kind=templates_pb2.BLOCK_KIND_FOOTER, text="Clinic")
        return templates_pb2.LetterContent(subject="News", blocks=[image, footer])

    async def use_of(picture: str, asker: Console = console) -> tuple[bool, list[str]]:
        request = templates_pb2.FindPictureUseRequest(picture=picture)
        answer = await asker.call(asker.templates.FindPictureUse, request)
        return answer.used, list(answer.templates)

    request = templates_pb2.CreateTemplateRequest(name="Letter", channel="email", draft=showing(published))
    made = await console.call(console.templates.CreateTemplate, request)
    await console.call(console.templates.PublishTemplate, templates_pb2.PublishTemplateRequest(id=made.id))
    change = templates_pb2.UpdateTemplateRequest(id=made.id, draft=showing(drafted))
    await console.call(console.templates.UpdateTemplate, change)

    assert await use_of(published) == (True, [made.id])
    assert await use_of(drafted) == (True, [made.id])
    assert await use_of(nowhere) == (False, [])
    assert await use_of(drafted, partner) == (True, []), "that it is used is said, by whom is not"

    await console.call(console.templates.ArchiveTemplate, templates_pb2.ArchiveTemplateRequest(id=made.id))

    assert await use_of(published) == (False, [])
    assert await use_of(drafted) == (False, [])


async def test_segments_are_counted_by_the_campaigns_that_use_them(console: Console, partner: Console) -> None:
    used, unused = new_id(), new_id()
    for _ in range(2):
        await console.a_campaign(segment=used)
    archived = await console.a_campaign(segment=used)
    await console.call(console.campaigns.ArchiveCampaign, pb.ArchiveCampaignRequest(id=archived.id))
    request = pb.CountCampaignsRequest(segments=[used, unused])

    assert dict((await console.call(console.campaigns.CountCampaigns, request)).counts) == {used: 2}
    assert dict((await partner.call(partner.campaigns.CountCampaigns, request)).counts) == {}
