"""What class names and ids announce, and names that only look as if they did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.blocks_markup import _STATE, _STATE_WORDS, name_kinds
from pipelines.blocks_tree import flat
from tests.pipelines.test_blocks import PROSE, TITLE, cut

SHORT = "Le bac reste à quai"  # nothing that counts as prose


@pytest.mark.parametrize(
    "name",
    [
        "overflow-hidden",
        "overflow-x-hidden",
        "field field--name-field-chapo field--type-text-long field--label-hidden field__item",  # Drupal
        "field-label-hidden",
        "hidden-xs",
        "hidden-print",
        "md:hidden",
        "empty:hidden",
        "elementor-element elementor-element-4f3b elementor-widget elementor-widget-heading",
        "elementor-invisible",  # until it has faded in
        "cmp-title",  # Adobe Experience Manager
        "cmp-text",
        "elementor-widget elementor-widget-theme-post-excerpt",  # no theme of the article
        "theme-dark",
        "cmp-title__text",
        "cmp-accordion__panel cmp-accordion__panel--hidden",  # until it is unfolded
        "kt-accordion-panel kt-accordion-panel-hidden",
        "wp-block-media-text__content",  # the text beside a picture, not below it
        "pub-date",  # no "publicité"
        "date-pub",
    ],
)
def test_layout_announces_nothing(name: str) -> None:
    assert name_kinds(name) == frozenset()
    tree, _ = cut(f"<h1>{TITLE}</h1><div>{PROSE}<div class='{name}'>{SHORT}</div></div>")
    assert SHORT in flat(tree)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hidden", "hidden"),
        ("max-h-0", "hidden"),
        ("elementor-widget-share-buttons", "share"),
        ("elementor-widget-post-tags", "tags"),
        ("widget", "navigation"),
        ("cmp-banner", "navigation"),
        ("ez-toc-container", "navigation"),
        ("article__picture-desc", "caption"),
        ("field-imagecaption", "caption"),
        ("theme-tags", "tags"),
        ("d-none", "hidden"),
    ],
)
def test_what_is_announced_beside_the_layout_counts(name: str, kind: str) -> None:
    assert name_kinds(name) == {kind}


@pytest.mark.parametrize(
    "heading",
    [
        '<h2 id="h-commentaires-du-ministre">{}</h2>',  # WordPress makes ids of what headings say
        '<h3 id="partage-de-l-eau">{}</h3>',
        '<h2 class="intertitre toc_2">{}</h2>',
        '<h3 class="nav_le_bac__0">{}</h3>',
        '<h3 class="edTag">{}</h3>',
    ],
)
def test_an_anchor_on_a_heading_is_no_block(heading: str) -> None:
    tree, blocks = cut(f"<h1>{TITLE}</h1><div>{PROSE}{heading.format(SHORT)}{PROSE}</div>")
    assert SHORT in flat(tree)
    assert not blocks.comments
    assert blocks.tags == []


def test_program_code_is_text_whatever_its_parts_are_called() -> None:
    code = f"<pre><span class='comments share hidden'>{SHORT}</span></pre>"
    tree, _ = cut(f"<h1>{TITLE}</h1><div>{PROSE}{code}{PROSE}</div>")
    assert SHORT in flat(tree)


@pytest.mark.parametrize("mark", ["hidden", "aria-hidden='true'", "style='color: red; display : none'"])
def test_what_the_page_hides_is_no_text(mark: str) -> None:
    tree, _ = cut(f"<h1>{TITLE}</h1><div>{PROSE}<div {mark}>{SHORT}</div>{PROSE}</div>")
    assert SHORT not in flat(tree)


@pytest.mark.parametrize("mark", ["aria-hidden='false'", "style='display: block'"])
def test_what_the_page_shows_stays(mark: str) -> None:
    tree, _ = cut(f"<h1>{TITLE}</h1><div>{PROSE}<div {mark}>{SHORT}</div>{PROSE}</div>")
    assert SHORT in flat(tree)


def test_the_class_of_a_heading_counts() -> None:
    tree, _ = cut(f"<h1>{TITLE}</h1><div>{PROSE}<h2 class='share-title'>{SHORT}</h2></div>")
    assert SHORT not in flat(tree)


@given(
    st.from_regex(_STATE, fullmatch=True),
    st.sampled_from(["", "related", "tags-", "my_"]),
    st.sampled_from(["", "-related", "_box"]),
)
def test_names_of_layout_are_known_by_a_word(state: str, before: str, after: str) -> None:
    """The cheap look before the expression passes over no name that the expression would cut."""
    name = f" {before}{state.strip()}{after}"
    if _STATE.search(name) is not None:
        assert not _STATE_WORDS.isdisjoint(name.strip().lower().replace("_", "-").split("-"))
