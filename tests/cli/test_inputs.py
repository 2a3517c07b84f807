"""What a named file is, and which URL a saved page has."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.inputs import MAX_BYTES, InputError, files_in, load, saved_url, url_lines

HTML = "<!DOCTYPE html><html><body><h1>Le port rouvre</h1><p>Texte.</p></body></html>"


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", HTML, "html"),
        ("a.txt", HTML, "html"),  # the content decides
        ("a", "\ufeff" + HTML, "html"),
        ("fragment.htm", "<p>Un paragraphe</p>", "html"),
        ("utf16.html", HTML.encode("utf-16"), "html"),
        ("latin.txt", "Le maire a inauguré la halle\n\nLe 3 mai 2020\n".encode("latin-1"), "text"),
        ("page.txt", "Le port rouvre\n\nTexte de la page.\n", "text"),
        ("list.txt", "# relevé\nhttps://exemple.ma/a\n\nhttps://exemple.ma/b\n", "urls"),
    ],
)
def test_kind_of_a_file(tmp_path: Path, name: str, content: bytes | str, kind: str) -> None:
    assert load(written(tmp_path, name, content)).kind == kind
    packed = gzip.compress(content.encode() if isinstance(content, str) else content)
    assert load(written(tmp_path, name + ".gz", packed)).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.html", "", "empty"),
        ("photo.html", b"\x89PNG\r\n\x1a\n\x00\x00", "neither"),
        ("lettre.pdf", b"%PDF-1.4\n\x01\x02", "neither"),
        ("note.html", "seulement du texte", "no tag"),
        ("pages.txt", '{"file": "a.html", "body": "<p>texte</p>"}\n{"file": "b.html"}\n', "JSON"),
        ("all.json", '[\n  {"titre": "<h1>x</h1>"}\n]', "JSON"),
        ("feed.xml", '<?xml version="1.0"?><rss><channel/></rss>', "rss"),
        ("cut.html.gz", gzip.compress(HTML.encode(), mtime=0)[:-12], "gzip"),
        ("big.html.gz", gzip.compress(b"<p>" + b"a" * MAX_BYTES), "larger"),
    ],
)
def test_what_is_no_page_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes | str, word: str
) -> None:
    with pytest.raises(InputError, match=word) as caught:
        load(written(tmp_path, name, content))
    assert name in str(caught.value)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "rien.html", tmp_path):
        with pytest.raises(InputError, match=path.name):
            load(path)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<!-- saved from url=(0024)https://exemple.ma/actu/1 -->", "https://exemple.ma/actu/1"),
        ("<!--\n Page saved with SingleFile \n url: https://exemple.ma/2 \n-->", "https://exemple.ma/2"),
        ('<link href="https://exemple.ma/3?a=1&amp;b=2" rel="canonical">', "https://exemple.ma/3?a=1&b=2"),
        ("<link rel=canonical href=https://exemple.ma/4>", "https://exemple.ma/4"),
        ('<meta content="https://exemple.ma/5" property="og:url"/>', "https://exemple.ma/5"),
        ('<link rel="canonical" href="/6">', None),
        ('<link rel="stylesheet" href="https://exemple.ma/style.css">', None),
        ("", None),
    ],
)
def test_url_of_a_saved_page(head: str, url: str | None) -> None:
    assert saved_url(f"<html><head>{head}</head></html>".encode()) == url


def test_folder_is_searched_in_order_for_pages_only(tmp_path: Path) -> None:
    names = ["b.html", "a.html.gz", "c/d.txt", "c/e.htm", "labels.jsonl", ".hidden/x.html", "photo.jpg"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(p.relative_to(tmp_path)) for p in files_in(tmp_path)] == [
        "a.html.gz",
        "b.html",
        "c/d.txt",
        "c/e.htm",
    ]


@given(st.binary(max_size=300))
def test_any_bytes_have_a_url_or_none(body: bytes) -> None:
    url = saved_url(body)
    assert url is None or url.lower().startswith(("http://", "https://"))


@given(st.lists(st.sampled_from(["https://a.ma/1", "# note", "", "texte libre"]), max_size=6))
def test_url_list_needs_urls_only(lines: list[str]) -> None:
    wanted = [line for line in lines if line.startswith("http")]
    assert url_lines("\n".join(lines)) == ([] if "texte libre" in lines else wanted)


def test_many_comments_before_the_page_cost_no_time(tmp_path: Path) -> None:
    """Sixty comments that a greedy pattern could pair in 2**60 ways; a real page had them."""
    path = tmp_path / "page.html"
    path.write_text("<!-- a -->\n" * 60 + "<!-- b <p>Bonjour</p>", encoding="utf-8")
    assert load(path).kind == "html"
    feed = tmp_path / "feed.html"
    feed.write_text('<?xml version="1.0"?>\n<!-- a -->\n<rss></rss>', encoding="utf-8")
    with pytest.raises(InputError, match="rss"):
        load(feed)
