"""The doors of recipients: tokens as credentials, pages that change nothing."""

import pytest

from chassis.kernel import Code, Problem
from gen.consilium.channel.v1 import messages_pb2 as pb
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

HTML = {"Accept": "text/html", "Accept-Language": "ru,en;q=0.5"}


class LinkUnknown(Problem):
    """As channel says it."""

    code = Code.NOT_FOUND
    reason = "LINK_UNKNOWN"
    template = "This link is not one of ours."


async def test_the_pixel_is_the_same_for_any_token(house: House) -> None:
    agent = {"User-Agent": "Mozilla/5.0 GoogleImageProxy"}
    good = await house.http.get("/o/token.gif", headers=agent)
    house.peers.answers["RecordOpen"] = LinkUnknown()
    forged = await house.http.get("/o/forged.gif")

    assert good.content == forged.content
    assert (good.headers["content-type"], forged.status_code) == ("image/gif", 200)
    assert house.peers.asked["RecordOpen"][0].token == "token"
    assert house.peers.asked["RecordOpen"][0].visit.agent == "mail-proxy"


async def test_a_click_leads_only_to_the_stored_address(house: House) -> None:
    house.peers.answers["RecordClick"] = pb.RecordClickResponse(url="https://example.org/a?b=c")
    good = await house.http.get("/c/token?url=https://evil.example")
    house.peers.answers["RecordClick"] = pb.RecordClickResponse(url="javascript:alert(1)")
    odd = await house.http.get("/c/token")
    house.peers.answers["RecordClick"] = LinkUnknown()
    forged = await house.http.get("/c/forged", headers=HTML)

    assert (good.status_code, good.headers["location"]) == (302, "https://example.org/a?b=c")
    assert odd.status_code == 404
    assert forged.status_code == 404
    assert "Ссылка не действует" in forged.text


async def test_looking_at_an_unsubscribe_link_changes_nothing(house: House) -> None:
    house.peers.answers["GetUnsubscribe"] = pb.GetUnsubscribeResponse(
        controller='Main <script>"', topic="news", masked_address="d…a@e…e.org", language="ru"
    )

    page = await house.http.get("/u/token", headers=HTML)

    assert page.status_code == 200
    assert "d…a@e…e.org" in page.text
    assert '<form method="post" action="/u/token">' in page.text
    assert '<a href="/p/token">' in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert house.peers.asked["Unsubscribe"] == []


async def test_one_click_withdraws_and_a_repeat_is_the_same(house: House) -> None:
    house.peers.answers["Unsubscribe"] = pb.UnsubscribeResponse(controller="main", language="en")
    form = {"List-Unsubscribe": "One-Click"}

    answers = [await house.http.post("/u/token", data=form) for _ in range(2)]
    from_page = await house.http.post("/u/token", data={"from": "page"}, headers=HTML)

    assert [each.status_code for each in answers] == [200, 200]
    assert "You are unsubscribed" in answers[0].text
    assert (from_page.status_code, from_page.headers["location"]) == (303, "/u/token")
    assert [each.token for each in house.peers.asked["Unsubscribe"]] == ["token"] * 3


CHOICES = pb.Preferences(
    controller="Клиника <b>",
    masked_address="d…a@e…e.org",
    language="ru",
    preferences=[
        pb.Preference(
            id="one", channel="email", purpose="marketing", topic="news", masked_contact="d…a@e…e.org", granted=True,
            topic_title="Новости <науки>",
        ),
        pb.Preference(id="two", channel="sms", purpose="marketing", topic="*", masked_contact="+7…67"),
        pb.Preference(
            id="off", channel="sms", purpose="marketing", topic="events", masked_contact="+7…67",
            obstacle="all-topics-off",
        ),
    ],
)  # fmt: skip


async def test_only_a_true_saved_says_so_and_nonsense_is_no_fault_of_the_reader(house: House) -> None:
    house.peers.answers["GetPreferences"] = CHOICES
    for said, shown in (("true", True), ("zz", False), ("", False)):
        page = await house.http.get(f"/p/token?saved={said}", headers=HTML)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert ("Уже действует" in page.text) is shown


async def test_the_preference_centre_shows_topics_by_channel_and_changes_nothing(house: House) -> None:
    house.peers.answers["GetPreferences"] = CHOICES

    page = await house.http.get("/p/token", headers=HTML)

    assert page.status_code == 200
    topics = ("Новости &lt;науки&gt;", "Events", "Все темы", "выключено вместе со всеми темами")
    for shown in ("d…a@e…e.org", "+7…67", *topics, "Клиника &lt;b&gt;"):
        assert shown in page.text, shown
    assert '<input type="checkbox" name="on" value="one" checked>' in page.text
    assert '<input type="checkbox" name="on" value="two">' in page.text
    assert 'value="off">Отключить всё' in page.text
    assert 'value="off" ' not in page.text, "what cannot be turned on is not sent either"
    assert "<script" not in page.text
    assert house.peers.asked["SetPreferences"] == []


async def test_what_is_ticked_is_turned_on_and_what_was_shown_unticked_off(house: House) -> None:
    form = {"shown": ["one", "two"], "on": ["two", "never-shown"]}

    answer = await house.http.post("/p/token", data=form, headers=HTML)
    saved = await house.http.get(answer.headers["location"], headers=HTML)

    asked = house.peers.asked["SetPreferences"][-1]
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/token?saved=true")
    assert (asked.token, list(asked.granted), list(asked.withdrawn), asked.nothing) == (
        "token",
        ["two"],
        ["one"],
        False,
    )
    assert "Сохранено" in saved.text


async def test_everything_is_turned_off_by_one_button(house: House) -> None:
    await house.http.post("/p/token", data={"shown": ["one"], "on": ["one"], "all": "off"}, headers=HTML)

    asked = house.peers.asked["SetPreferences"][-1]
    assert (asked.nothing, list(asked.granted), list(asked.withdrawn)) == (True, [], [])


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"shown=%d" % number for number in range(600))])
async def test_a_form_that_is_none_of_ours_changes_nothing(house: House, body: bytes) -> None:
    before = len(house.peers.asked["SetPreferences"])

    answer = await house.http.post("/p/token", content=body, headers=HTML)

    assert answer.status_code == 404
    assert len(house.peers.asked["SetPreferences"]) == before


class Away(Problem):
    """As a service says it whose engine is away."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "Away."


async def test_a_reader_is_asked_to_come_back_when_something_is_away(house: House) -> None:
    for method in ("GetUnsubscribe", "Unsubscribe", "GetPreferences", "SetPreferences", "GetLetter", "RecordClick"):
        house.peers.answers[method] = Away()
    for method, path in [
        ("GET", "/u/t"), ("POST", "/u/t"), ("GET", "/p/t"), ("POST", "/p/t"), ("GET", "/v/t"), ("GET", "/c/t"),
    ]:  # fmt: skip
        answer = await house.http.request(method, path, headers=HTML)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path
        assert "Попробуйте ещё раз" in answer.text


async def test_tokens_that_are_none_are_answered_plainly(house: House) -> None:
    for method in ("GetUnsubscribe", "Unsubscribe", "GetPreferences", "SetPreferences", "GetLetter", "RecordClick"):
        house.peers.answers[method] = LinkUnknown()
    for method, path in [
        ("GET", "/u/forged"),
        ("POST", "/u/forged"),
        ("GET", "/p/forged"),
        ("POST", "/p/forged"),
        ("GET", "/v/forged"),
        ("GET", "/c/forged"),
        ("GET", f"/c/{'x' * 600}"),
        ("GET", f"/u/{'x' * 600}"),
        ("GET", "/u/%00%ff"),
        ("GET", "/c/..%2f..%2fetc"),
    ]:
        answer = await house.http.request(method, path)
        assert answer.status_code == 404, path
        assert "Traceback" not in answer.text


async def test_a_letter_opens_in_the_browser_without_scripts(house: House) -> None:
    house.peers.answers["GetLetter"] = pb.GetLetterResponse(html="<p>Добрый день</p>")

    page = await house.http.get("/v/token")

    assert "Добрый день" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "sandbox" in page.headers["content-security-policy"]


async def test_answers_carry_security_headers_and_no_cors(house: House) -> None:
    answer = await house.http.get("/v1/me", headers={"Origin": "https://evil.example"})
    asked = await house.http.options(
        "/v1/me", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in asked.headers
    assert "server" not in answer.headers


async def test_the_documentation_loads_nothing_from_outside(house: House) -> None:
    page = await house.http.get("/docs")
    document = await house.http.get("/openapi.json")

    assert "https://" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js", "pages.css"):
        assert (await house.http.get(f"/assets/{asset}")).status_code == 200
    assert (await house.http.get("/assets/..%2f__init__.py")).status_code == 404
    assert document.json()["paths"]["/v1/profiles/{profile}:archive"]["post"]["security"]
