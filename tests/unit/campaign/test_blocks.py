"""Blocks: a letter without HTML, made into MJML line by line."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.blocks import Block, BlockKind, line_of, markup_of
from services.campaign.domain.errors import LetterBodyMissing, LetterTooLarge
from services.campaign.domain.template import LARGEST_BODY
from tests.unit.campaign.builders import CONTENT

TEXTS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=60)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(BlockKind),
    text=TEXTS,
    address=TEXTS,
    image=TEXTS,
    level=st.integers(0, 3),
    width=st.integers(0, 600),
)


def the_line(block: Block) -> str:
    return markup_of([Block(BlockKind.DIVIDER), block]).split("\n")[line_of(1) - 1]


@given(st.lists(BLOCKS, max_size=6))
def test_whatever_is_in_the_blocks_the_markup_is_well_formed_and_a_line_each(blocks: list[Block]) -> None:
    markup = markup_of(blocks)

    lines = [line for line in markup.splitlines(keepends=False) if line]
    assert len(markup.split("\n")) == len(blocks) + 2
    if "\ufffe" not in markup and "\uffff" not in markup:  # what XML cannot hold at all, mail can
        column = ElementTree.fromstring(markup).find("mj-body/mj-section/mj-column")  # noqa: S314 - our own
        assert column is not None
        assert len(column) == len(blocks)
    assert lines[0].startswith("<mjml>")


def test_a_text_is_text_and_marks_are_the_only_markup() -> None:
    words = "<b>Все</b> & **важное**, *кратко*\nи [сайт](https://example.org/?a=1&b=2)\n\n- раз\n- два"

    line = the_line(Block(BlockKind.TEXT, words))

    assert "&lt;b&gt;Все&lt;/b&gt; &amp; <strong>важное</strong>, <em>кратко</em><br />и " in line
    assert '<a href="https://example.org/?a=1&amp;b=2">сайт</a>' in line
    assert "<li>раз</li><li>два</li>" in line


@pytest.mark.parametrize(
    ("words", "markup"),
    [
        ("[сайт](https://example.org/*a*/**b**)", '<a href="https://example.org/*a*/**b**">сайт</a>'),
        ("*раз [два*](https://example.org/) три", "<em>раз [два</em>](https://example.org/) три"),
        ("**раз *два** три*", "<strong>раз *два</strong> три*"),
        ("***раз***", "<strong><em>раз</em></strong>"),
        ("**[сайт](https://example.org/)**", '<strong><a href="https://example.org/">сайт</a></strong>'),
    ],
)
def test_marks_that_cross_make_no_crossed_elements(words: str, markup: str) -> None:
    line = the_line(Block(BlockKind.TEXT, words))

    assert f">{markup}</p>" in line
    ElementTree.fromstring(line)  # noqa: S314 - our own


def test_variables_pass_through_untouched() -> None:
    variable = '{{ given_name | default: "<друг>" }}'

    assert variable in the_line(Block(BlockKind.HEADING, f"Здравствуйте, {variable}!"))
    assert 'href="{{ unsubscribe_url }}"' in the_line(Block(BlockKind.TEXT, "[уйти]({{ unsubscribe_url }})"))


def test_stars_and_brackets_that_mean_nothing_stay_as_they_are() -> None:
    assert "2 * 3 * 4 [нет] (так) **" in the_line(Block(BlockKind.TEXT, "2 * 3 * 4 [нет] (так) **"))


def test_a_heading_has_its_rank_an_image_its_width_and_a_footer_the_way_out() -> None:
    assert "<h2 " in the_line(Block(BlockKind.HEADING, "Новости", level=2))
    image = the_line(Block(BlockKind.IMAGE, 'Врач "А"', image="https://example.org/a.png", width=300))
    assert 'alt="Врач &quot;А&quot;" width="300px"' in image
    assert "href" not in image
    assert 'href="{{ unsubscribe_url }}"' in the_line(Block(BlockKind.FOOTER, "Клиника"))
    assert ">Unsubscribe<" in markup_of([Block(BlockKind.FOOTER)], "en")


def test_a_letter_is_composed_of_its_blocks_whatever_body_came_along() -> None:
    content = replace(CONTENT, body="<mjml></mjml>", blocks=(Block(BlockKind.TEXT, "Привет"),))

    assert content.composed().body == markup_of(content.blocks)
    assert CONTENT.composed() is CONTENT


def test_a_letter_needs_a_body_of_some_kind_and_none_too_long() -> None:
    with pytest.raises(LetterBodyMissing):
        replace(CONTENT, body="").composed()
    with pytest.raises(LetterTooLarge):
        replace(CONTENT, blocks=(Block(BlockKind.TEXT, "&" * LARGEST_BODY),)).composed()
