import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.rules import GENERIC, SiteRules
from pipelines.urls import article_key, canonical_url, host, identity, matches_article, same_site

PORTAIL = SiteRules(article_url=r"^/actualite/(\d+)(/|$)", article_key="actualite/{0}", site="portail")

# pieces that URL parsers stumble over
_PIECES = (
    "http:// https:// HTTP: // / \\ ? # & = ; @ : [ ] % %00 %2e %2F %C3%A9 %e9 %zz .. . www. a.invalid "
    "127.0.0.1 ::1 é e\u0301 méteo &amp; amp; #38; utm_source=x sid= ;jsessionid=1 :80 :99999 xn-- ☃ + "
    "\ud83d \x00 \u202e \ufeff"
)
_PIECE = st.sampled_from(_PIECES.split(" "))
ANY_URL = st.one_of(st.text(), st.lists(st.one_of(_PIECE, st.text(max_size=3))).map("".join))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("HTTP://WWW.Exemple.INVALID", "http://www.exemple.invalid/"),
        ("http://exemple.invalid:80/a", "http://exemple.invalid/a"),
        ("https://exemple.invalid:443/a", "https://exemple.invalid/a"),
        ("https://exemple.invalid:8443/a#haut", "https://exemple.invalid:8443/a"),
        ("https://qui:secret@exemple.invalid/a", "https://exemple.invalid/a"),
        ("https://evil.invalid\\@exemple.invalid/a", "https://evil.invalid/@exemple.invalid/a"),
        ("https://exemple.invalid./a", "https://exemple.invalid/a"),
        ("https://exemple.invalid/a/./b/../c/%2e%2e/d", "https://exemple.invalid/a/d"),
        ("https://exemple.invalid/../../a/..", "https://exemple.invalid/"),
        ("https://exemple.invalid/été", "https://exemple.invalid/%C3%A9t%C3%A9"),
        ("https://exemple.invalid/e\u0301te%CC%81", "https://exemple.invalid/%C3%A9t%C3%A9"),
        ("https://exemple.invalid/%c3%a9t%C3%A9", "https://exemple.invalid/%C3%A9t%C3%A9"),
        ("https://exemple.invalid/%E9t%e9", "https://exemple.invalid/%E9t%E9"),
        ("https://exemple.invalid/%7Ea%2Fb%3f", "https://exemple.invalid/~a%2Fb%3F"),
        ("https://exemple.invalid/article%2C12.html", "https://exemple.invalid/article,12.html"),
        ("https://exemple.invalid/?s=%&t=%zz", "https://exemple.invalid/?s=%25&t=%25zz"),
        ("https://exemple.invalid/a b?c d=\u202e", "https://exemple.invalid/a%20b?c%20d=%E2%80%AE"),
        ("https://méteo.invalid/", "https://xn--mteo-bpa.invalid/"),
        ("https://аррӏе.invalid/", "https://xn--80ak6aa92e.invalid/"),
        ("http://[::0:1]:8080/", "http://[::1]:8080/"),
        ("  https://exemple.invalid/a\n/b\t ", "https://exemple.invalid/a/b"),
    ],
)
def test_one_spelling(raw: str, wanted: str) -> None:
    assert canonical_url(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    [
        "?utm_source=x&id=1",
        "?id=1&fbclid=z#c",
        "?id=1&",
        "?&id=1",
        "?id=%31",
        "?id=1&amp=1",
        "?id=1&print=1",
        "?id=1&amp;utm_medium=rss&#038;xtor=RSS-1",
        "?at_medium=sharing&at_campaign=x&id=1",
        "?id=1&PHPSESSID=0123456789abcdef",
        ";jsessionid=0A1B?id=1",
        "?id=1&sid=0123456789abcdef0123",
        "?mc_cid=1&relatedposts_hit=1&relatedposts_position=2&id=1&gclid=4",
    ],
)
def test_spellings_of_one_page_become_one(raw: str) -> None:
    assert canonical_url(f"https://exemple.invalid/lire{raw}") == "https://exemple.invalid/lire?id=1"


@pytest.mark.parametrize(
    "kept",
    [
        "https://exemple.invalid/spip.php?article717",
        "https://exemple.invalid/index.php?/actualite/12&page=2",
        "https://exemple.invalid/modules.php?name=News&sid=1234",
        "https://exemple.invalid/?p=12&page=1",
        "https://exemple.invalid/a?ref=12&source=b",
        "https://exemple.invalid/a?t[]=2&t[]=1".replace("[]", "%5B%5D"),
        "https://exemple.invalid//a/",
        "https://exemple.invalid/...",
        "https://exemple.invalid/a?x=a+b",
    ],
)
def test_what_says_which_page_is_meant_stays(kept: str) -> None:
    assert canonical_url(kept) == kept


def test_parameters_are_sorted_by_name_and_keep_the_order_of_values() -> None:
    assert canonical_url("https://exemple.invalid/?b=1&a=2&a=1") == "https://exemple.invalid/?a=2&a=1&b=1"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("/b?c=1", "https://exemple.invalid/b?c=1"),
        ("b", "https://exemple.invalid/dossier/b"),
        ("//autre.invalid/b", "https://autre.invalid/b"),
        ("?page=2", "https://exemple.invalid/dossier/a?page=2"),
        ("#haut", "https://exemple.invalid/dossier/a"),
        ("http://autre.invalid/b", "http://autre.invalid/b"),
        ("\\\\autre.invalid\\b", "https://autre.invalid/b"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@exemple.invalid", None),
    ],
)
def test_relative_addresses(raw: str, wanted: str | None) -> None:
    assert canonical_url(raw, "https://exemple.invalid/dossier/a") == wanted


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "/a",
        "ftp://exemple.invalid/a",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http:x",
        "//",
        "http://[::1",
        "http://a..b.invalid/",
        "http://ex ample.invalid/",
        "http://-x.invalid/",
        "http://" + "a" * 300 + ".invalid/",
        "http://xn--" + "b" * 80 + ".invalid/",
        "http://a.invalid:99999/",
        "http://a.invalid:abc/",
        "http://a.invalid:0/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://a.invalid/?s=%00",
        "http://a.invalid/\x00a",
        "http://a.invalid/\ud83d",
        "http://a.invalid/?" + "a" * 2000,
        "http://a.invalid/" + "a" * 2_000_000,
    ],
)
def test_what_cannot_be_fetched_is_none(raw: str) -> None:
    assert canonical_url(raw) is None


def test_length_is_counted_after_tracking_is_gone() -> None:
    long = "https://exemple.invalid/a?utm_content=" + "x" * 3000
    assert canonical_url(long) == "https://exemple.invalid/a"
    full = "https://exemple.invalid/" + "a" * 1976
    assert len(full) == 2000
    assert canonical_url(full) == full
    assert canonical_url(full + "a") is None


@given(ANY_URL, st.one_of(st.none(), ANY_URL))
@example("http://a.invalid/;%6Asessionid=1", None)
@example("http://a.invalid/?a&amp;amp;b", None)
@example("http://a.invalid/?%61mp=1", None)
@example("http://a.invalid/.%2e/%2E", None)
def test_canonical_is_idempotent_and_never_raises(url: str, base: str | None) -> None:
    canonical = canonical_url(url, base)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical_url(canonical, base) == canonical
        assert canonical.isascii()
        assert canonical.isprintable()
        assert len(canonical) <= 2000
        assert canonical.startswith(("http://", "https://"))
        assert "@" not in canonical.split("/")[2]


@given(ANY_URL, ANY_URL)
def test_the_others_never_raise(url: str, other: str) -> None:
    for rules in (GENERIC, PORTAIL):
        matches_article(url, rules)
        assert len(identity(url, rules)) == 64
        canonical = canonical_url(url)
        assert canonical is None or identity(canonical, rules) == identity(url, rules)
    assert same_site(url, other) == same_site(other, url)
    assert host(url) == host(url).lower()


def test_identity_ignores_scheme_www_and_slashes() -> None:
    spellings = [
        "http://www.exemple.invalid/a/",
        "https://exemple.invalid:443/a",
        "https://exemple.invalid//a?xtor=1",
    ]
    assert len({identity(url, GENERIC) for url in spellings}) == 1
    different = ["https://exemple.invalid/A", "https://exemple.invalid:8000/a", "https://exemple.invalid/a?b"]
    assert len({identity(url, GENERIC) for url in [*spellings, *different]}) == 4


def test_identity_is_the_number_where_the_site_declares_it() -> None:
    one = "https://exemple.invalid/actualite/6256/reunion-de-travail"
    other = "http://www.exemple.invalid/actualite/6256/runion-de-travail-?utm_source=x"
    assert article_key(one, PORTAIL) == article_key(other, PORTAIL) == "actualite/6256"
    assert identity(one, PORTAIL) == identity(other, PORTAIL)
    assert identity(one, PORTAIL) != identity(one.replace("6256", "6257"), PORTAIL)
    assert identity(one, PORTAIL) != identity(
        one, SiteRules(PORTAIL.article_url, PORTAIL.article_key, site="autre")
    )
    tag = "https://exemple.invalid/actualite/tags/28932/compagnie"
    assert not matches_article(tag, PORTAIL)
    assert identity(tag, PORTAIL) == identity(tag, GENERIC)


def test_identity_of_a_text_without_address() -> None:
    assert identity("urn:sha256:ab", GENERIC) != identity("urn:sha256:cd", GENERIC)


def test_article_pattern_sees_path_and_query() -> None:
    rules = SiteRules(article_url=r"^/lire\?id=(\d+)(?:&page=(\d+))?$", article_key="{0}-{1}")
    assert article_key("https://exemple.invalid/lire?utm_source=x&id=7", rules) == "7-"
    assert matches_article("https://exemple.invalid/lire?page=2&id=7", rules)
    assert not matches_article("https://exemple.invalid/?u=/lire?id=7", rules)
    assert not matches_article("https://exemple.invalid/lire?id=7", GENERIC)


@pytest.mark.parametrize(
    ("url", "other", "wanted"),
    [
        ("https://www.exemple.invalid/a", "http://exemple.invalid/b", True),
        ("https://sport.exemple.invalid/", "https://www.exemple.invalid/", True),
        ("https://sport.exemple.invalid/", "https://culture.exemple.invalid/", False),
        ("https://exemple.invalid.evil.invalid/", "https://exemple.invalid/", False),
        ("https://monexemple.invalid/", "https://exemple.invalid/", False),
        ("http://127.0.0.1:8765/a", "http://127.0.0.1:8765/b", True),
        ("http://127.0.0.1:8765/a", "http://127.0.0.1:8766/a", False),
        ("https://exemple.invalid/", "http://exemple.invalid:443/", True),
        ("https://exemple.invalid/", "mailto:a@exemple.invalid", False),
    ],
)
def test_same_site(url: str, other: str, wanted: bool) -> None:
    assert same_site(url, other) is wanted


def test_host() -> None:
    assert host("HTTPS://Qui@MÉTEO.invalid:8080/a") == "xn--mteo-bpa.invalid"
    assert host("pas une adresse") == ""


@pytest.mark.parametrize(
    "unit", ["&amp;", "/..", "%", "%C3", "é", ";jsessionid=", "/(S(", "a.", "//", "[", "\\", "&"]
)
def test_time_is_bounded(unit: str) -> None:
    started = time.process_time()
    for size in (7_000, 2_000_000):
        canonical_url("https://exemple.invalid/" + unit * (size // len(unit)))
        canonical_url("https://" + unit * (size // len(unit)) + "/a")
    assert time.process_time() - started < 1


@given(
    st.sampled_from(["http", "https"]),
    st.one_of(
        st.ip_addresses(v=4).map(str),
        st.lists(st.integers(0, 300), min_size=4, max_size=4).map(lambda parts: ".".join(map(str, parts))),
        st.sampled_from(["vigie.example", "www.vigie.example", "256.1.1.1", "01.2.3.4"]),
    ),
    st.sampled_from(["", ":80", ":443", ":8080", ":08080", ":99999"]),
    st.sampled_from(["/", "/actu/12", "/a/../b", "/a//b", "/a./b"]),
)
def test_what_looks_canonical_is_what_the_rules_make_of_it(
    scheme: str, host: str, port: str, path: str
) -> None:
    """An empty query goes away, and with it the shortcut that most addresses take."""
    address = f"{scheme}://{host}{port}{path}"
    assert canonical_url(address) == canonical_url(f"{address}?")
