"""The doors: public links, lists and counts, letters before they are sent, and the way in for bounces."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import aiosmtplib
import pytest

from chassis.kernel import Code, Problem, SystemClock, new_id
from chassis.process import Running
from gen.consilium.campaign.v1 import templates_pb2
from gen.consilium.channel.v1 import messages_pb2 as pb
from services.channel.config import Settings
from services.channel.domain.errors import LinkUnknown
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import BODY, CONTENT, Neighbours
from tests.integration.channel.system import Campaigner, Console, soon, started
from tests.trail import acts
from tests.unit.channel.bounces import bounce, complaint


class Reader:
    """One recipient's letter and the links in it."""

    def __init__(self, content: bytes) -> None:
        text = content.decode()
        self.html = text[text.index("text/html") :]
        self.pixel = re.findall(r"/o/([\w-]+)\.gif", self.html)[0]
        self.clicks = re.findall(r"/c/([\w-]+)", self.html)
        self.unsubscribe = re.findall(r'href="[^"]*/u/([\w-]+)"', self.html)[0]
        self.browser = re.findall(r"/v/([\w-]+)", self.html)[0]
        self.one_click = re.findall(r"List-Unsubscribe: <[^>]*/u/([\w-]+)>", text)[0]


async def read_one(campaigner: Campaigner, sink: Sink, address: str = "anna@clinic.example") -> tuple[Reader, str]:
    (profile,) = campaigner.people(address)
    await campaigner.request([profile])
    await campaigner.outcomes(1)
    letter = next(letter for letter in sink.letters if letter.recipient == address)
    return Reader(letter.content), campaigner.message(profile)


async def test_opens_and_clicks_are_marked_and_clicks_lead_where_the_letter_led(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    reader, message = await read_one(campaigner, sink)
    await console.public(
        console.links.RecordOpen, pb.RecordOpenRequest(token=reader.pixel, visit=pb.Visit(agent="scanner"))
    )
    await console.public(
        console.links.RecordOpen, pb.RecordOpenRequest(token=reader.pixel, visit=pb.Visit(agent="browser"))
    )
    urls = [
        (
            await console.public(
                console.links.RecordClick, pb.RecordClickRequest(token=token, visit=pb.Visit(agent="browser"))
            )
        ).url
        for token in reader.clicks
    ]
    assert urls == ["https://site.example/congress?id=1", "https://site.example/%D0%9A%D0%B0%D0%B7%D0%B0%D0%BD%D1%8C"]
    seen = await console.call(console.messages.GetMessage, pb.GetMessageRequest(id=message))
    assert [(mark.kind, mark.link) for mark in seen.marks if mark.kind == "clicked"] == [("clicked", 0), ("clicked", 1)]
    assert next(mark for mark in seen.marks if mark.kind == "opened").machine
    # Nothing about consent has changed.
    assert await campaigner.database["suppressions"].count_documents({}) == 0


async def test_forged_tokens_lead_nowhere(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    reader, _ = await read_one(campaigner, sink)
    for token in ("x", "A" * 60, reader.clicks[0][:-2] + "AA", reader.pixel):
        with pytest.raises(Problem) as refused:
            await console.public(console.links.RecordClick, pb.RecordClickRequest(token=token))
        assert (refused.value.code, refused.value.reason) == (Code.NOT_FOUND, LinkUnknown.reason)
        with pytest.raises(Problem):
            await console.public(console.links.Unsubscribe, pb.UnsubscribeRequest(token=token))
        await console.public(console.links.RecordOpen, pb.RecordOpenRequest(token=token))
    assert await campaigner.database["suppressions"].count_documents({}) == 0


async def test_one_click_withdraws_at_once_and_looking_withdraws_nothing(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    reader, message = await read_one(campaigner, sink)
    assert reader.one_click
    page = await console.public(console.links.GetUnsubscribe, pb.GetUnsubscribeRequest(token=reader.unsubscribe))
    assert (page.controller, page.topic, page.masked_address, page.unsubscribed) == (
        "Клиника «Солнце»",
        "news",
        "a…a@c…c.example",
        False,
    )
    for _ in range(2):
        answer = await console.public(console.links.Unsubscribe, pb.UnsubscribeRequest(token=reader.one_click))
        assert (answer.controller, answer.language) == ("main", "ru")
    page = await console.public(console.links.GetUnsubscribe, pb.GetUnsubscribeRequest(token=reader.unsubscribe))
    assert page.unsubscribed
    document = next(iter((await campaigner.documents()).values()))
    assert [mark["kind"] for mark in document["marks"]] == ["unsubscribed"]
    await campaigner.request([document["profile"]], node="next")
    await soon(lambda: _count(campaigner, {"outcome": "suppressed", "node": "next"}))
    # The wish outlives the message and what was kept of it.
    await campaigner.database["messages"].delete_many({})
    await campaigner.database["suppressions"].delete_many({})
    await console.public(console.links.Unsubscribe, pb.UnsubscribeRequest(token=reader.one_click))
    assert await campaigner.database["suppressions"].count_documents({"controller": "main"}) == 1
    assert message


async def test_topics_are_turned_off_and_on_by_the_letter_s_own_link(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, neighbours: Neighbours
) -> None:
    reader, message = await read_one(campaigner, sink)
    look = pb.GetPreferencesRequest(token=reader.unsubscribe)
    page = await console.public(console.links.GetPreferences, look)
    assert (page.controller, page.masked_address, page.unsubscribed) == ("Клиника «Солнце»", "a…a@c…c.example", False)
    (offered,) = page.preferences
    assert (offered.channel, offered.topic, offered.granted) == ("email", "news", True)
    assert (offered.topic_title, offered.purpose_title) == ("Новости", "")
    assert offered.masked_contact == "a…a@c…c.example"

    off = pb.SetPreferencesRequest(token=reader.unsubscribe, withdrawn=[offered.id])
    page = await console.public(console.links.SetPreferences, off)

    assert not page.preferences[0].granted
    assert neighbours.consents.asked[-1].reference == message
    assert neighbours.consents.asked[-1].chooser.controller == "main"
    profile = next(iter(await campaigner.documents()))
    await campaigner.request([profile], node="off")
    await soon(lambda: _count(campaigner, {"outcome": "no-consent", "node": "off"}))

    on = pb.SetPreferencesRequest(token=reader.unsubscribe, granted=[offered.id])
    page = await console.public(console.links.SetPreferences, on)

    assert page.preferences[0].granted
    await campaigner.request([profile], node="on")
    await soon(lambda: _count(campaigner, {"outcome": "delivered", "node": "on"}))


async def test_everything_off_counts_while_profile_is_away_and_ends_by_the_reader_s_word(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, neighbours: Neighbours
) -> None:
    reader, _ = await read_one(campaigner, sink)
    token = reader.unsubscribe
    neighbours.profile.away = True
    with pytest.raises(Problem):
        await console.public(console.links.SetPreferences, pb.SetPreferencesRequest(token=token, nothing=True))
    assert await campaigner.database["suppressions"].count_documents({"controller": "main"}) == 1
    neighbours.profile.away = False

    page = await console.public(console.links.SetPreferences, pb.SetPreferencesRequest(token=token, nothing=True))

    assert page.unsubscribed
    assert not page.preferences[0].granted
    document = next(iter((await campaigner.documents()).values()))
    assert [mark["kind"] for mark in document["marks"]] == ["unsubscribed"]

    chosen = pb.SetPreferencesRequest(token=token, granted=[page.preferences[0].id])
    page = await console.public(console.links.SetPreferences, chosen)

    assert (page.unsubscribed, page.preferences[0].granted) == (False, True)


async def _count(campaigner: Campaigner, query: dict[str, object]) -> int:
    return int(await campaigner.database["messages"].count_documents(query))


async def test_the_letter_opens_in_a_browser_until_its_key_is_destroyed(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, settings: Settings
) -> None:
    reader, _ = await read_one(campaigner, sink)
    letter = await console.public(console.links.GetLetter, pb.GetLetterRequest(token=reader.browser))
    assert "Здравствуйте, Анна!" in letter.html
    assert "/o/" not in letter.html
    document = next(iter((await campaigner.documents()).values()))
    from tests.integration.channel.erasing import erase

    await erase(campaigner, new_id(), document["profile"])  # it was merged into another, who is erased
    await soon(lambda: _destroyed(campaigner))
    with pytest.raises(Problem):
        await console.public(console.links.GetLetter, pb.GetLetterRequest(token=reader.browser))


async def test_what_was_sent_before_a_merge_is_listed_for_the_survivor(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, neighbours: Neighbours
) -> None:
    first, second, other = campaigner.people("a@x.example", "b@x.example", "c@x.example")
    await campaigner.request([first, second, other])
    await campaigner.outcomes(3)
    neighbours.profile.absorbed[second] = first
    neighbours.profile.people[first].absorbed.append(second)

    for asked in (first, second):
        request = pb.ListMessagesRequest(profile=asked)
        page = await console.call(console.messages.ListMessages, request)
        assert {message.id for message in page.messages} == {campaigner.message(each) for each in (first, second)}
        assert ({message.profile for message in page.messages}, page.total) == ({first}, 2)


async def test_what_an_outlived_key_sealed_is_kept_no_longer(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    reader, _ = await read_one(campaigner, sink)
    document = next(iter((await campaigner.documents()).values()))
    await campaigner.client[f"{campaigner.settings.namespace}_channel_keys"]["keys"].delete_many({})
    await campaigner.request([document["profile"]], node="next")
    await soon(lambda: _count(campaigner, {"node": "next", "state": "done"}))

    page = await console.public(console.links.GetUnsubscribe, pb.GetUnsubscribeRequest(token=reader.one_click))
    with pytest.raises(Problem) as refused:
        await console.public(console.links.GetLetter, pb.GetLetterRequest(token=reader.browser))

    assert (page.controller, page.masked_address) == ("Клиника «Солнце»", "")
    assert refused.value.reason == LinkUnknown.reason


async def _destroyed(campaigner: Campaigner) -> bool:
    keys = campaigner.client[f"{campaigner.settings.namespace}_channel_keys"]["keys"]
    return await keys.count_documents({"wrapped": {"$exists": True}}) == 0


async def test_lists_counts_and_workspaces(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    people = campaigner.people(*(f"p{n}@x.example" for n in range(7)), "refuse-a@x.example")
    await campaigner.request(people)
    await campaigner.outcomes(8)
    counts = await console.call(console.messages.CountMessages, pb.CountMessagesRequest(campaign=campaigner.campaign))
    assert dict(counts.outcomes) == {"delivered": 7, "bounced": 1}
    assert (counts.requested, counts.open) == (8, 0)
    assert counts.reasons["bounced/recipient-refused"] == 1
    seen: list[str] = []
    token = ""
    while True:
        request = pb.ListMessagesRequest(campaign=campaigner.campaign, page_size=3, page_token=token)
        page = await console.call(console.messages.ListMessages, request)
        seen += [message.id for message in page.messages]
        assert page.total == 8
        token = page.next_page_token
        if not token:
            break
    assert sorted(seen) == sorted(campaigner.message(profile) for profile in people)
    bounced = pb.ListMessagesRequest(campaign=campaigner.campaign, outcomes=[pb.OUTCOME_BOUNCED])
    assert len((await console.call(console.messages.ListMessages, bounced)).messages) == 1
    for total, wanted in (
        (1, pb.ListMessagesRequest(reasons=["recipient-refused"])),
        (0, pb.ListMessagesRequest(reasons=["recipient-refused"], outcomes=[pb.OUTCOME_DELIVERED])),
        (0, pb.ListMessagesRequest(unfinished=True)),
        (0, pb.ListMessagesRequest(bounce_class="hard")),
    ):
        wanted.campaign = campaigner.campaign
        assert (await console.call(console.messages.ListMessages, wanted)).total == total
    request = pb.ListMessagesRequest(campaign=campaigner.campaign)
    assert len((await console.call(console.messages.ListMessages, request, "partner")).messages) == 0
    assert len((await console.call(console.messages.ListMessages, request, "*")).messages) == 8
    with pytest.raises(Problem) as refused:
        await console.call(console.messages.GetMessage, pb.GetMessageRequest(id=seen[0]), "partner")
    assert refused.value.reason == "MESSAGE_UNKNOWN"
    with pytest.raises(Problem) as refused:
        await console.call(console.messages.RepeatMessage, pb.RepeatMessageRequest(id=seen[0]))
    assert refused.value.reason == "MESSAGE_NOT_UNCONFIRMED"


async def test_a_list_of_messages_is_bound_to_a_campaign_or_a_person(
    running: Running, campaigner: Campaigner, console: Console
) -> None:
    for unbound in (
        pb.ListMessagesRequest(),
        pb.ListMessagesRequest(reasons=["recipient-refused"]),
        pb.ListMessagesRequest(mark="opened"),
        pb.ListMessagesRequest(link=0),
        pb.ListMessagesRequest(bounce_class="hard"),
    ):
        with pytest.raises(Problem) as refused:
            await console.call(console.messages.ListMessages, unbound)
        assert [(each.field, each.reason) for each in refused.value.violations] == [
            ("campaign", "MESSAGE_SCOPE_MISSING")
        ]


async def test_marks_and_clicked_links_are_counted_per_message_and_found_by_their_own_index(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    people = campaigner.people(*(f"p{n}@x.example" for n in range(6)))
    await campaigner.request(people)
    await campaigner.outcomes(6)
    # Nobody reads within half a second: these letters came a minute ago.
    arrived = SystemClock().now() - timedelta(minutes=1)
    await campaigner.database["messages"].update_many({}, {"$set": {"finished_at": arrived}})
    readers = [Reader(letter.content) for letter in sink.letters]
    clicks = [readers[0].clicks[0], readers[0].clicks[1], readers[1].clicks[0]]
    for token in clicks:
        for agent in ("scanner", "browser", "browser"):
            visit = pb.Visit(agent=agent)
            await console.public(console.links.RecordClick, pb.RecordClickRequest(token=token, visit=visit))

    counts = await console.call(console.messages.CountMessages, pb.CountMessagesRequest(campaign=campaigner.campaign))

    assert (dict(counts.marks), counts.requested) == ({"clicked": 2}, 6)
    # The second link is made for its reader, so nobody else's letter leads there.
    assert [(each.link, each.count, each.address) for each in counts.links] == [
        (0, 2, "https://site.example/congress?id=1"), (1, 1, ""),
    ]  # fmt: skip
    request = pb.ListMessagesRequest(campaign=campaigner.campaign, link=0)
    page = await console.call(console.messages.ListMessages, request)
    assert (len(page.messages), page.total) == (2, 2)
    found = campaigner.database["messages"].find(
        {
            "campaign": campaigner.campaign,
            "$and": [{"marks": {"$elemMatch": {"kind": "clicked", "link": 0, "machine": False}}}],
        }
    )
    plan = (await found.sort([("requested_at", -1), ("_id", -1)]).explain())["queryPlanner"]["winningPlan"]
    assert "'indexName': 'marked'" in str(plan)
    assert "'stage': 'SORT'" not in str(plan)


async def test_an_unconfirmed_letter_goes_out_again_only_by_hand(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    (profile,) = campaigner.people("cut-a@x.example")
    await campaigner.request([profile])
    assert await campaigner.outcomes(1) == {"unconfirmed/no-answer": 1}
    await console.call(console.messages.RepeatMessage, pb.RepeatMessageRequest(id=campaigner.message(profile)))
    await soon(lambda: len(sink.letters) == 2)


async def test_letters_are_checked_previewed_and_tested(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, neighbours: Neighbours
) -> None:
    (profile,) = campaigner.people("anna@clinic.example")
    report = await console.call(console.letters.CheckLetter, pb.CheckLetterRequest(content=CONTENT))
    assert list(report.problems) == []
    assert list(report.variables) == ["browser_url", "city", "given_name", "unsubscribe_url"]
    offered = await console.call(console.letters.ListVariables, pb.ListVariablesRequest())
    assert set(report.variables) <= {each.name for each in offered.variables if each.titles["ru"] and each.samples}
    of_blocks = templates_pb2.LetterContent()
    of_blocks.CopyFrom(CONTENT)
    of_blocks.body = BODY.replace("</mj-column>", '\n<mj-button href="nowhere">x</mj-button>\n</mj-column>')
    of_blocks.blocks.add(kind=templates_pb2.BLOCK_KIND_BUTTON, line=2)
    told = (await console.call(console.letters.CheckLetter, pb.CheckLetterRequest(content=of_blocks))).problems
    assert {problem.code: problem.block for problem in told if problem.HasField("block")} == {"LINK_INVALID": 0}
    preview = await console.call(
        console.letters.PreviewLetter, pb.PreviewLetterRequest(content=CONTENT, profile=profile)
    )
    assert preview.subject == "Конгресс, Анна"
    assert "Здравствуйте, Анна!" in preview.html
    nobody = await console.call(console.letters.PreviewLetter, pb.PreviewLetterRequest(content=CONTENT))
    assert "Здравствуйте, коллега!" in nobody.html
    assert list(nobody.fallbacks_used) == ["city", "given_name"]
    request = pb.SendTestRequest(
        content=CONTENT, addresses=["me@office.example", "refuse-x@office.example"], profile=profile
    )
    sent = await console.call(console.letters.SendTest, request)
    assert [(result.outcome, result.provider_code) for result in sent.results] == [
        ("delivered", "250 2.0.0"), ("bounced", "550 5.1.1"),
    ]  # fmt: skip
    assert [letter.recipient for letter in sink.letters] == ["me@office.example"]
    assert await campaigner.database["messages"].count_documents({}) == 0
    # A test letter's way out shows its page and withdraws nothing.
    token = re.findall(rb"/u/([\w-]+)", sink.letters[0].content)[0].decode()
    await console.public(console.links.Unsubscribe, pb.UnsubscribeRequest(token=token))
    assert await campaigner.database["suppressions"].count_documents({}) == 0


async def test_a_letter_says_names_instead_of_codes_in_its_own_language(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console, neighbours: Neighbours
) -> None:
    (profile,) = campaigner.people("anna@clinic.example")
    said = "{{ sex }}; {{ specialty }}; {{ position }}; {{ organisation }}; {{ city }}; {{ region }}"
    content = templates_pb2.LetterContent(subject=said, body=BODY, fallbacks={"position": "-", "region": "?"})
    cases = {
        "": "Женский; Кардиология; Врач; Больница № 1; Казань; ?",
        "ru": "Женский; Кардиология; Врач; Больница № 1; Казань; ?",
        "en-GB": "Female; Cardiology; -; Больница № 1; Kazan; ?",
    }
    for language, expected in cases.items():
        content.language = language
        preview = await console.call(
            console.letters.PreviewLetter, pb.PreviewLetterRequest(content=content, profile=profile)
        )
        assert (preview.subject, list(preview.fallbacks_used)) == (
            expected, ["position", "region"] if language == "en-GB" else ["region"],
        )  # fmt: skip
    request = pb.SendTestRequest(content=content, addresses=["me@office.example"], profile=profile)
    await console.call(console.letters.SendTest, request)
    (letter,) = sink.letters
    subject = message_from_bytes(letter.content, policy=policy.default)["subject"]
    assert subject.startswith("[Test] Female; Cardiology; -; Больница № 1; Kazan")

    reader, _ = await read_one(campaigner, sink)

    page = await console.public(console.links.GetLetter, pb.GetLetterRequest(token=reader.browser))
    assert "https://site.example/%D0%9A%D0%B0%D0%B7%D0%B0%D0%BD%D1%8C" in page.html
    # Each list was asked for once, page by page, for all these letters.
    assert sorted(neighbours.dictionaries.asked) == ["cities", "cities", "positions", "sexes", "specialties"]


async def test_a_base_tests_letters_in_its_own_name_only(running: Running, sink: Sink, console: Console) -> None:
    request = pb.SendTestRequest(content=CONTENT, addresses=["me@office.example"], controller="partner")
    with pytest.raises(Problem) as refused:
        await console.call(console.letters.SendTest, request)
    assert [(each.field, each.reason) for each in refused.value.violations] == [("controller", "CONTROLLER_FOREIGN")]
    assert sink.letters == []
    await console.call(console.letters.SendTest, request, workspace="*")
    assert len(sink.letters) == 1


async def test_a_test_goes_to_ten_addresses_at_most_and_names_a_wrong_one(
    running: Running, sink: Sink, console: Console
) -> None:
    ten = [f"tester-{n}@office.example" for n in range(10)]
    for addresses, place in (([*ten, "one-more@office.example"], "addresses"), ([*ten[:2], "nobody"], "addresses[2]")):
        request = pb.SendTestRequest(content=CONTENT, addresses=addresses)
        with pytest.raises(Problem) as refused:
            await console.call(console.letters.SendTest, request)
        assert [each.field for each in refused.value.violations] == [place]
    assert sink.letters == []

    sent = await console.call(console.letters.SendTest, pb.SendTestRequest(content=CONTENT, addresses=ten))

    assert [result.outcome for result in sent.results] == ["delivered"] * 10
    assert sorted(letter.recipient for letter in sink.letters) == ten


async def test_a_letter_without_a_way_out_is_not_even_tested(running: Running, sink: Sink, console: Console) -> None:
    content = type(CONTENT)(subject="x", body=BODY.replace("{{ unsubscribe_url }}", "https://site.example/bye"))
    with pytest.raises(Problem) as refused:
        await console.call(console.letters.SendTest, pb.SendTestRequest(content=content, addresses=["a@b.example"]))
    assert refused.value.reason == "LETTER_REFUSED"
    assert "UNSUBSCRIBE_LINK_MISSING" in {violation.reason for violation in refused.value.violations}
    with pytest.raises(Problem) as refused:
        await console.call(console.letters.PreviewLetter, pb.PreviewLetterRequest(content=CONTENT, profile=new_id()))
    assert refused.value.reason == "PERSON_UNKNOWN"


async def test_a_report_becomes_a_later_bounce_and_a_complaint_ends_the_address(
    settings: Settings, campaigner: Campaigner, sink: Sink
) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = await started(replace(settings, bounce_port=port))
    try:
        people = campaigner.people("a@x.example", "b@x.example", "c@x.example")
        await campaigner.request(people)
        await campaigner.outcomes(3)
        paths = {letter.recipient[0]: letter.sender for letter in sink.letters}
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await smtp.connect()
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await smtp.sendmail("", ["info@clinic.example"], bounce("5.1.1"))
        await smtp.sendmail("", [paths["a"].upper()], bounce("5.1.1"))
        await smtp.sendmail("", [paths["b"]], complaint())
        await smtp.sendmail("", [paths["c"]], b"Subject: I am on holiday\r\n\r\nback soon\r\n")
        await smtp.quit()
        documents = await campaigner.documents()
        marks = [[mark["kind"] for mark in documents[profile].get("marks", [])] for profile in people]
        assert marks == [["bounced-later"], ["complained"], []]
        assert documents[people[0]]["outcome"] == "delivered"
        suppressed = [row async for row in campaigner.database["suppressions"].find()]
        assert {(row["controller"], row["reason"]) for row in suppressed} == {
            ("*", "hard-bounce"),
            ("main", "complained"),
        }
    finally:
        await running.stop()


async def test_who_read_whose_letters_is_on_the_trail(
    running: Running, campaigner: Campaigner, sink: Sink, console: Console
) -> None:
    (profile,) = campaigner.people("anna@clinic.example")
    await campaigner.request([profile])
    await campaigner.outcomes(1)
    message = campaigner.message(profile)

    await console.call(console.messages.ListMessages, pb.ListMessagesRequest(campaign=campaigner.campaign))
    await console.call(console.messages.GetMessage, pb.GetMessageRequest(id=message))
    await console.call(console.letters.PreviewLetter, pb.PreviewLetterRequest(content=CONTENT, profile=profile))

    told = [(action, outcome, subjects) for _, action, outcome, subjects in await acts(campaigner.bus)]
    assert told == [
        ("messages.read", "allowed", [campaigner.campaign, profile]),
        ("messages.read", "allowed", [message, profile, campaigner.campaign]),
        ("templates.read", "allowed", [profile]),
    ]
