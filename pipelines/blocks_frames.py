"""What markup itself says is no text of an article: scripts, forms, menus, the site's header and footer."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import Cutter
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_prose import is_prompt
from pipelines.blocks_tree import DROPPED_TAGS, HEADING_TAGS, cut, flat, is_small, strip, text_length
from pipelines.text import SENTENCE_END, sums_up

_MANY_LINKS: Final = 8  # a menu has more; a trail of fewer names the section and stays
_MAX_FORM: Final = 4_000  # characters: a form of more may hold the page
_FACTS: Final = 2  # short paragraphs that make a box one of facts
_BESIDE: Final = 4  # elements beside a box among which the text goes on
_BOX: Final = re.compile(r"(?:^|[\s_-])encadr[eé]", re.I)  # of the newsroom, wherever it stands
_SOURCE: Final = re.compile(r"\bsources?\s?:", re.I)
_SILENT: Final = ("video", "iframe", "form", "button")
_SHARES: Final = {"nav": 0.3, "figcaption": 0.3, "aside": 0.2, "footer": 0.15, "form": 0.15, "header": 0.0}


def drop_silent(cutter: Cutter) -> None:
    """Cut what can be told before anything is measured: it is most of a page's elements."""
    tree, blocks = cutter.tree, cutter.blocks
    found: dict[str, list[HtmlElement]] = {tag: [] for tag in _SILENT}
    for element in tree.iter(*_SILENT):
        found[element.tag].append(element)
    blocks.videos = len(found["video"]) + sum(map(_is_player, found["iframe"]))
    strip(tree, ("script", "style", "select"))
    for form in filter(_asks, found["form"]):
        blocks.rules["tag:form"] += 1
        cut(form)
    for button in found["button"]:
        if (parent := button.getparent()) is not None and parent.tag in HEADING_TAGS:
            button.tag = "span"  # a heading that unfolds what is below it
    strip(tree, DROPPED_TAGS)
    for frame in list(tree.iter("nav", "footer", "header")):
        if _is_site_frame(frame):
            blocks.rules[f"tag:{frame.tag}"] += 1
            cut(frame)


def _is_player(frame: HtmlElement) -> bool:
    source = frame.get("src") or ""
    return "video" in source or "embed" in source


def _asks(form: HtmlElement) -> bool:
    """Whether a form has fields and is no more than that: systems of the 2000s wrap the whole page in one."""
    fields = (e.get("type") for e in form.iter("input", "textarea"))
    if all(kind in ("hidden", "submit") for kind in fields):
        return False
    if next(form.iter("h1", "article", "main"), None) is not None:
        return False
    return sum(1 for _ in form.iter("p", "h2")) <= 25 and text_length(form) <= _MAX_FORM


def _is_site_frame(element: HtmlElement) -> bool:
    """Whether a menu, a footer or a header is the site's: no article, no headline, all links."""
    if next(element.iter("h1", "article", "main"), None) is not None or _in_article(element):
        return False
    links = sum(1 for _ in element.iter("a"))
    return links > _MANY_LINKS and text_length(element) < 400 * links


def _in_article(element: HtmlElement) -> bool:
    return any(above.tag in ("article", "main") for above in element.iterancestors())


def cut_by_tag(cutter: Cutter) -> None:
    """Cut what is left of menus, margins, captions and forms, where it holds little of the page's prose."""
    for element in list(cutter.tree.iter(*_SHARES)):
        tag = element.tag
        if element in cutter.gone or (tag in ("footer", "header") and _in_article(element)):
            continue
        if tag == "header" and cutter.prose.get(element, 0):
            continue
        if tag == "aside" and _is_box(cutter, element):
            continue
        if cutter.may_cut(element, _SHARES[tag]):
            if tag == "figcaption":
                _cut_title_of_chart(cutter, element)
            cutter.cut(element, f"tag:{tag}")


def _cut_title_of_chart(cutter: Cutter, caption: HtmlElement) -> None:
    """Cut the heading of a figure whose caption tells the source of its figures."""
    figure = caption.getparent()
    heading = None if figure is None else figure.find("./h4")
    if heading is not None and is_small(caption) and _SOURCE.search(flat(caption)):
        cutter.cut(heading, "tag:figcaption")


def cut_speakers(cutter: Cutter) -> None:
    """Cut who said a quotation that is set apart: a <cite> behind its words, alone on its line."""
    for quote in list(cutter.tree.iter("blockquote")):
        if quote in cutter.gone or not is_small(quote):
            continue
        cites = list(quote.iter("cite"))
        if len(cites) == 1 and text_length(quote) > 2 * text_length(cites[0]) and _names_speaker(cites[0]):
            cutter.cut(cites[0], "tag:cite")


def _names_speaker(cite: HtmlElement) -> bool:
    """Whether a <cite> stands behind the words of a quotation on a line of its own, and is no sentence."""
    line, said = cite.getparent(), flat(cite)
    if line is None or (cite.tail or "").strip() or not said or SENTENCE_END.search(said):
        return False
    before = flat(line).removesuffix(said).rstrip("-–— ") if line.tag != "blockquote" else ""
    if line.tag == "blockquote":
        above = cite.getprevious()
        before = (line.text or "") if above is None else (above.tail or "")
        if above is not None and not before.strip() and above.tag != "br":
            return True  # a paragraph stands above
    return not before.strip() or before.rstrip("-–— ").endswith(("»", "”", '"', ".", "!", "?"))


def _is_box(cutter: Cutter, aside: HtmlElement) -> bool:
    """Whether a margin is a box of the text: sentences that sum it up, prose between two paragraphs of it, or
    below the last one what is called a box; without links and prompts.
    """
    if next(aside.iter("a", "img", "form"), None) is not None:
        return False
    if is_small(aside) and _lists_sentences(aside):
        return not is_prompt(cutter.read(aside))
    if not cutter.prose.get(aside, 0) and not _lists_facts(aside):
        return False
    above, below = _text_beside(cutter, aside, True), _text_beside(cutter, aside, False)
    if above != "p" or (below != "p" and (below is not None or not _BOX.search(aside.get("class") or ""))):
        return False
    return not is_prompt(cutter.read(aside))


def _text_beside(cutter: Cutter, aside: HtmlElement, preceding: bool) -> str | None:
    """The tag of the next text beside a box: pictures, intertitles and what is empty may stand between."""
    beside = islice(aside.itersiblings(preceding=preceding), _BESIDE)
    return next((node.tag for node in beside if node.tag != "figure" and cutter.prose.get(node, 0)), None)


def _lists_facts(aside: HtmlElement) -> bool:
    """Whether a box has a heading of its own and short paragraphs: "Repères", "1958. Naissance à Modane"."""
    heading = next(aside.iter(*HEADING_TAGS), None)
    if heading is None or not is_small(aside) or heading_kind(flat(heading)) is not None:
        return False
    return sum(1 for line in aside.iter("p", "li", "dd") if flat(line)) >= _FACTS


def _lists_sentences(aside: HtmlElement) -> bool:
    items = [flat(item) for item in aside.iter("li")]
    return bool(items) and all(map(sums_up, items))
