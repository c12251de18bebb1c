"""Letters: what an author may write and what a reader's copy becomes."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from services.campaign.domain.blocks import Block, BlockKind, line_of, markup_of
from services.channel.adapters.letters.check import check_letter
from services.channel.adapters.letters.compiled import PublicUrls, compile_letter, safe_target
from services.channel.adapters.letters.sandbox import compile_template, plain_values
from services.channel.domain.letter import LetterContent
from tests.unit.channel.letters import letter

URLS = PublicUrls(
    "https://c.example/u/t",
    "https://c.example/v/t",
    "https://c.example/p/t",
    "https://c.example/o/t.gif",
    lambda n: f"https://c.example/c/{n}",
)


def test_values_fallbacks_and_conditions_reach_both_parts() -> None:
    content = letter(
        "<mj-text>{{ given_name }} из {{ city }}{% if degree %}, {{ degree }}{% endif %}</mj-text>",
        "Для {{ given_name }}", fallbacks={"city": "вашего города"}, preheader="Кратко: {{ given_name }}",
    )  # fmt: skip
    made = compile_letter(content).render({"given_name": "Анна", "city": " "}, URLS)
    assert made.subject == "Для Анна"
    assert "Анна из вашего города<" in made.html
    assert "Кратко: Анна" in made.html
    assert "Анна из вашего города\n" in made.text
    assert "Кратко" not in made.text


def test_a_loop_stands_in_its_table_and_in_the_text() -> None:
    body = "<mj-raw>{% for n in (1..3) %}</mj-raw><mj-text>строка {{ n }}</mj-text><mj-raw>{% endfor %}</mj-raw>"
    made = compile_letter(letter(body)).render({}, URLS)
    assert re.findall(r"строка (\d)", made.html) == ["1", "2", "3"]
    assert re.findall(r"строка (\d)", made.text) == ["1", "2", "3"]
    assert made.html.count("<tr") == made.html.count("</tr")


def test_hostile_values_stay_text() -> None:
    value = '"><script>alert(1)</script>\r\nBcc: x@evil.example\x02https://evil.example\x03'
    made = compile_letter(letter(subject="Для {{ given_name }}")).render({"given_name": value}, URLS)
    assert "<script>" not in made.html
    assert "\n" not in made.subject
    assert "\r" not in made.subject
    assert made.links == ()


def test_links_are_numbered_stored_and_lead_only_where_the_letter_led() -> None:
    body = (
        '<mj-button href="https://site.example/news?a=1&amp;b=2">Читать</mj-button>'
        '<mj-text><a href="https://site.example/{{ city | url_encode }}">Город</a> '
        '<a href="mailto:info@site.example">Написать</a></mj-text>'
    )
    compiled = compile_letter(letter(body))
    made = compiled.render({"city": "Казань&x"}, URLS)
    assert compiled.links == ("https://site.example/news?a=1&b=2",)
    assert made.links == ("https://site.example/%D0%9A%D0%B0%D0%B7%D0%B0%D0%BD%D1%8C%26x",)
    assert 'href="https://c.example/c/0"' in made.html
    assert 'href="https://c.example/c/1"' in made.html
    assert "Читать (https://c.example/c/0)" in made.text
    assert 'href="mailto:info@site.example"' in made.html
    assert 'href="https://c.example/u/t"' in made.html
    assert made.html.count("https://c.example/o/t.gif") == 1


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "//evil", "https://", "", "http://[", "#x"]
)
def test_a_link_of_another_scheme_leads_nowhere(target: str) -> None:
    assert safe_target(target) == "#"


def test_styles_are_inlined_media_queries_stay_and_nothing_comes_from_outside() -> None:
    body = '<mj-text><b class="red">x</b></mj-text><mj-social><mj-social-element name="facebook"/></mj-social>'
    content = letter(body)
    style = ".red { color: red } @media (max-width:1px) { .red { color: blue } }"
    head = f"<mjml><mj-head><mj-style>{style}</mj-style></mj-head>"
    content = type(content)(content.subject, content.body.replace("<mjml>", head))
    made = compile_letter(content).render({}, URLS)
    assert re.search(r'<b class="red" style="color: ?red', made.html)
    assert "@media (max-width:1px)" in made.html
    assert not re.search(r'(?:src|href)="https?://(?!c\.example|www\.facebook\.com)', made.html)
    assert "fonts.googleapis" not in made.html


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'secrets' %}", "{% render 'x' %}", "{% layout 'x' %}", "{{ 'a' | safe }}",
        "{{ 'a' | base64_decode }}",
        "{{ 'x' | date: '%9999999d' }}", "{% for a in (1..1000000000) %}x{% endfor %}", "{{ given_name",
        "{% if %}x{% endif %}",
        "{% assign s='aaaaaaaaaa' %}{% for i in (1..400) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
        "{% for i in (1..400) %}" + "{{ given_name }}" * 200 + "{% endfor %}",
        "{% assign n = 9 %}{% for i in (1..400) %}{% assign n = n | times: n %}{% endfor %}",
        "{{ 'aa' | replace: '', 'bbbbbbbbbbbb' | replace: 'b', 'cccccccccccccccccc'"
        " | replace: 'c', 'ddddddddddddddddddddddddddddddddddddddd' | replace: 'd', 'eeeee' }}",
        "{% if 1 %}" * 40 + "{% endif %}" * 40, "x{% comment %}y{% endcomment %}" * 3000,
    ],
)  # fmt: skip
def test_liquid_that_reaches_out_or_runs_away_is_refused_quickly(source: str) -> None:
    began = time.perf_counter()
    with pytest.raises(LiquidError):
        compile_template(source, html=True).render(plain_values({"given_name": "Анна"}))
    assert time.perf_counter() - began < 2


def test_no_python_object_is_within_reach() -> None:
    source = "{{ given_name.__class__ }}{{ items.append }}{{ items.__len__ }}{{ self }}{{ given_name.upper }}"
    assert compile_template(source, html=True).render(plain_values({"given_name": "a", "items": [object()]})) == ""


def codes(content: object) -> dict[str, str]:
    report = check_letter(content)  # type: ignore[arg-type]  # letters only
    return {finding.code: finding.severity for finding in report.findings}


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<SCRIPT>alert(1)</SCRIPT>", "ELEMENT_FORBIDDEN"),
        ("<{{ 'script' }}>alert(1)</{{ 'script' }}>", "MJML_INVALID"),
        ("<b {{ 'onclick' }}=\"alert(1)\">x</b>", "MJML_INVALID"),
        ("{% assign open = '<' %}{{ open }}script src=x ", "ELEMENT_FORBIDDEN"),
        ("{{ '<scr' | append: 'ipt>alert(1)</scr' | append: 'ipt>' }}", "ELEMENT_FORBIDDEN"),
        ('<meta name="a" http-equiv="refresh" content="0;url=https://evil.example" />', "ELEMENT_FORBIDDEN"),
        ('<svg><a xlink:href="javascript:alert(1)">x</a></svg>', "ELEMENT_FORBIDDEN"),
        ('<math href="javascript:alert(1)">x</math>', "ELEMENT_FORBIDDEN"),
        ('<a ping="https://evil.example/" href="https://site.example/">x</a>', "ELEMENT_FORBIDDEN"),
        ('<link rel="preload" href="https://evil.example/x" as="image" />', "RESOURCE_OUTSIDE"),
        ("<style>@\\69mport url(https://evil.example/x.css);</style>", "RESOURCE_OUTSIDE"),
        ('<p style="background:url(javascript:1)">x</p>', "RESOURCE_OUTSIDE"),
        ('<img src="https://site.example/a.png" srcset="javascript:1 2x" />', "IMAGE_INVALID"),
        ('<a href="https://bank.example@evil.example/">x</a>', "LINK_INVALID"),
        ('<a href="https://evil.example\\@bank.example/">x</a>', "LINK_INVALID"),
    ],
)
def test_what_a_letter_does_is_judged_and_not_how_it_is_spelled(inside: str, code: str) -> None:
    assert codes(letter(f"<mj-text>{inside}</mj-text>")).get(code) == "error"


def test_what_a_letter_may_do_stays_allowed() -> None:
    inside = (
        '<p style="background:url(https://site.example/a.png)">x</p><a href="https://site.example/a b/{{ city }}">x</a>'
        '<img src="https://site.example/a.png" srcset="https://site.example/b.png 2x" />{{ city | append: "!" }}'
    )
    assert "error" not in codes(letter(f"<mj-text>{inside}</mj-text>", fallbacks={"city": "x"})).values()


def test_a_good_letter_passes() -> None:
    report = check_letter(letter(subject="Для {{ given_name | default: 'вас' }}"))
    assert report.findings == ()
    assert report.sendable
    assert report.variables == ("given_name", "unsubscribe_url")
    assert report.size > 1000


@pytest.mark.parametrize(
    ("content", "code", "severity"),
    [
        (letter(way_out=""), "UNSUBSCRIBE_LINK_MISSING", "error"),
        (letter("<mj-text>{{ salary }}</mj-text>"), "VARIABLE_UNKNOWN", "error"),
        (letter("<mj-text>{{ city }}</mj-text>"), "VARIABLE_WITHOUT_FALLBACK", "warning"),
        (letter('<mj-button href="javascript:alert(1)">x</mj-button>'), "LINK_INVALID", "error"),
        (letter('<mj-button href="https://{{ city }}/">x</mj-button>'), "LINK_INVALID", "error"),
        (letter('<mj-button href="/news">x</mj-button>'), "LINK_INVALID", "error"),
        (letter('<mj-image src="file:///etc/passwd"/>'), "IMAGE_INVALID", "error"),
        (letter("<mj-foo>x</mj-foo>"), "MJML_ELEMENT_UNKNOWN", "error"),
        (letter("<mj-text><script>x()</script></mj-text>"), "ELEMENT_FORBIDDEN", "error"),
        (letter('<mj-text><b onclick="x()">x</b></mj-text>'), "ELEMENT_FORBIDDEN", "error"),
        (
            letter('<mj-raw><link rel="stylesheet" href="https://x.example/a.css"/></mj-raw>'),
            "RESOURCE_OUTSIDE",
            "error",
        ),
        (letter("{% for i in (1..99999999) %}x{% endfor %}"), "LIQUID_LIMIT", "error"),
        (letter("{% include 'x' %}"), "LIQUID_INVALID", "error"),
        (letter("<mj-text>" + "<b>" * 60 + "</mj-text>"), "MJML_INVALID", "error"),
        (letter("<mj-text>" + "слово " * 20000 + "</mj-text>"), "LETTER_CLIPPED", "warning"),
        (letter(subject="{{ nothing"), "LIQUID_INVALID", "error"),
    ],
)
def test_what_is_wrong_is_named(content: object, code: str, severity: str) -> None:
    assert codes(content).get(code) == severity


def test_a_liquid_error_names_its_line() -> None:
    report = check_letter(letter("<mj-text>\n\n{% nonsense %}</mj-text>"))
    assert [(finding.code, finding.line) for finding in report.findings if finding.severity == "error"] == [
        ("LIQUID_INVALID", 3)
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_value_renders_and_none_adds_markup(value: str) -> None:
    made = _PLAIN.render({"given_name": value}, URLS)
    assert made.html.count("<") == _EMPTY.html.count("<")
    assert "\x02" not in made.html


_PLAIN = compile_letter(letter("<mj-text>{{ given_name }}</mj-text>"))
_EMPTY = _PLAIN.render({}, URLS)


def test_a_letter_of_blocks_passes_and_what_is_wrong_in_one_names_its_line() -> None:
    blocks = [
        Block(BlockKind.HEADING, "Здравствуйте, {{ given_name | default: 'коллега' }}!"),
        Block(BlockKind.TEXT, "Ждём **вас**\n\n- завтра\n- [здесь](https://example.org/a?b=1&c=2)"),
        Block(BlockKind.BUTTON, "Прийти", address="https://example.org/come"),
        Block(BlockKind.IMAGE, "Зал", image="https://example.org/hall.png", width=300),
        Block(BlockKind.DIVIDER),
        Block(BlockKind.FOOTER, "Клиника, Тверь"),
    ]

    good = check_letter(LetterContent("Тема", markup_of(blocks)))
    assert good.findings == ()
    assert good.links == ("https://example.org/a?b=1&c=2", "https://example.org/come")

    blocks[2] = Block(BlockKind.BUTTON, "Прийти", address="javascript:alert(1)&x")
    blocks[3] = Block(BlockKind.IMAGE, "Зал", image="hall.png")
    found = check_letter(LetterContent("Тема", markup_of(blocks))).findings
    assert [(each.code, each.line) for each in found] == [("LINK_INVALID", line_of(2)), ("IMAGE_INVALID", line_of(3))]

    blocks[1] = Block(BlockKind.TEXT, "{% if %}")
    found = check_letter(LetterContent("Тема", markup_of(blocks))).findings
    assert [(each.code, each.line) for each in found] == [("LIQUID_INVALID", line_of(1))]


def test_a_button_that_leads_nowhere_and_a_picture_that_is_none_are_named() -> None:
    blocks = [Block(BlockKind.BUTTON, "Прийти"), Block(BlockKind.IMAGE), Block(BlockKind.FOOTER)]

    found = check_letter(LetterContent("Тема", markup_of(blocks))).findings

    assert [(each.code, each.line) for each in found] == [("LINK_INVALID", line_of(0)), ("IMAGE_INVALID", line_of(1))]
