"""robots.txt as servers really send it, and what it means by RFC 9309."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.politeness.policy import MAX_BYTES, MAX_SITEMAPS, Policy, parse_robots, product_token

AGENT = "hemerotheque/0.1.0 (+mailto:archive@presse.example)"
URL = "https://presse.example/robots.txt"
SITE = "https://presse.example"


def policy(text: str | bytes) -> Policy:
    return parse_robots(text.encode() if isinstance(text, str) else text, AGENT, URL)


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /private/\n",
        "\ufeffUser-agent: *\nDisallow: /private/\n",
        "User-agent: *\rDisallow: /private/\r",
        "User-agent: *\r\nDisallow: /private/",
        "User-agent: *\0\nDisallow: /private/\0\n",
        "user-AGENT : * # tous\n\n\nDISALLOW : /private/ # rien\n",
        "Sitemap: /x.xml\nUser-agent: *\nSitemap: /y.xml\nDisallow: /private/\n",
        "User-agent: autre\nUser-agent: *\nDisallow: /private/\n",
        "User-agent: *\nDisallow: /b\nUser-agent: autre\nDisallow: /\nUser-agent: *\nDisallow: /private/\n",
        "User-agent: Hemerotheque\nDisallow: /private/\nUser-agent: *\nDisallow: /\n",
        "User-agent: hemerotheque/2.0\nDisallow: /private/\nUser-agent: *\nDisallow: /\n",
        "User-agent: *\nAllow: /actualite/\nDisallow: /*private\n",
        "<p>Bonjour</p>\nUser-agent: *\nDisallow: /private/\n",
    ],
)
def test_private_is_closed_and_the_rest_is_open(text: str) -> None:
    read = policy(text)
    assert not read.allows(f"{SITE}/private/1")
    assert read.allows(f"{SITE}/actualite/1")
    assert read.allows(f"{SITE}/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow:\n",
        "User-agent: autrebot\nDisallow: /\n",
        "User-agent: *bot\nDisallow: /\n",
        "User-agent: mailto\nDisallow: /\n",  # a word of our user agent, not our name
        "User-agent: hemerotheque\nDisallow:\nUser-agent: *\nDisallow: /\n",
        "Disallow: /\n",  # no group
        "<html><body>Page introuvable<br>Disallow: /</body></html>",
        "User-agent: *\nAllow: /\nDisallow: /\n",
    ],
)
def test_everything_is_open(text: str) -> None:
    assert policy(text).allows(f"{SITE}/actualite/1")


@pytest.mark.parametrize("text", ["User-agent: *\nDisallow: /\n", "User-agent: hemerotheque\nDisallow: /\n"])
def test_everything_is_closed(text: str) -> None:
    assert not policy(text).allows(f"{SITE}/actualite/1")
    assert policy(text).allows(URL)


def test_the_longest_rule_wins_and_ends_count() -> None:
    read = policy("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\n")
    assert not read.allows(f"{SITE}/a/c")
    assert read.allows(f"{SITE}/a/b/c")
    assert not read.allows(f"{SITE}/x.pdf")
    assert read.allows(f"{SITE}/x.pdf?page=1")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_in_paths(encoding: str) -> None:
    read = policy("User-agent: *\nDisallow: /privé/\n".encode(encoding))
    assert not read.allows(f"{SITE}/priv%C3%A9/1")
    assert read.allows(f"{SITE}/priv/1")
    if encoding == "latin-1":
        assert not read.allows(f"{SITE}/priv%E9/1")


def test_utf_16() -> None:
    assert not policy("User-agent: *\nDisallow: /private/\n".encode("utf-16")).allows(f"{SITE}/private/1")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Crawl-delay: 10", 10.0),
        ("crawl-delay: 0.5 # secondes", 0.5),
        ("Crawl-delay: 86400", 86400.0),
        ("Request-rate: 1/20", 20.0),
        ("Crawl-delay: 0", None),
        ("Crawl-delay: vite", None),
        ("Crawl-delay: -5", None),
        ("Crawl-delay: inf", None),
        ("Crawl-delay: nan", None),
        ("Crawl-delay:", None),
    ],
)
def test_crawl_delay(line: str, seconds: float | None) -> None:
    assert policy(f"User-agent: *\nDisallow:\n{line}\n").crawl_delay == seconds


def test_the_delay_for_others_is_not_ours() -> None:
    assert policy("User-agent: autrebot\nCrawl-delay: 60\nDisallow: /x\n").crawl_delay is None


def test_sitemaps_are_absolute_each_once_and_bounded() -> None:
    lines = "".join(f"Sitemap: http://127.0.0.1:9/{number}.xml\n" for number in range(5000))
    read = policy(
        "Sitemap: /plan.xml\nsitemap: https://presse.example/plan.xml\nSitemap: javascript:x\n" + lines
    )
    assert read.sitemaps[0] == "https://presse.example/plan.xml"
    assert len(read.sitemaps) == MAX_SITEMAPS


def test_what_the_file_says_of_use_is_kept() -> None:
    read = policy("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n")
    assert read.rights == (("content-signal", "search=yes, ai-train=no"),)


def test_a_long_file_is_read_to_the_limit_and_no_half_line_counts() -> None:
    head = b"User-agent: *\nDisallow: /private/\n"
    filler = b"# rien\n" * ((MAX_BYTES - len(head)) // 7 - 5)
    space = MAX_BYTES - len(head) - len(filler) - len(b"Disallow: /")
    body = head + filler + b"#" * (space - 1) + b"\n" + b"Disallow: /secret/\n" + b"Disallow: /\n" * 100_000
    assert body[:MAX_BYTES].endswith(b"\nDisallow: /")
    read = policy(body)
    assert not read.allows(f"{SITE}/private/1")
    assert read.allows(f"{SITE}/actualite/1")


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 60}b{n}$\n" for n in range(1200)),
        "User-agent: *\nDisallow: /" + "*a" * 250_000,
        "User-agent: *\n" + "".join(f"Disallow: /x{n}/\n" for n in range(30_000)),
        "".join(f"User-agent: b{n}\n" for n in range(3000))
        + "".join(f"Disallow: /x{n}\n" for n in range(20_000)),
        "User-agent: " + "a*" * 250_000,
        "\n" * 500_000,
        "#" * 500_000,
    ],
    ids=["wildcards", "one long rule", "many rules", "many agents", "a long agent", "lines", "a comment"],
)
def test_no_file_takes_long(text: str) -> None:
    started = time.process_time()
    read = policy(text)
    read.allows(f"{SITE}/actualite/{'a' * 500}")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("status", "known", "allowed"),
    [(404, True, True), (403, True, True), (401, True, True), (410, True, True), (429, False, False),
     (500, False, False), (503, False, False), (None, False, False)],
)  # fmt: skip
def test_what_a_status_means(status: int | None, known: bool, allowed: bool) -> None:
    read = Policy(status=status)
    assert read.is_known is known
    assert read.allows(f"{SITE}/actualite/1") is allowed


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        (AGENT, "hemerotheque"),
        ("PresseBot", "PresseBot"),
        ("Mozilla/5.0 (compatible; PresseBot/1.0; +https://presse.example)", "PresseBot"),
        ("  Mon_Robot-Presse 2", "Mon_Robot-Presse"),
        ("", "*"),
        ("42", "*"),
    ],
)
def test_the_name_robots_txt_knows_us_by(agent: str, token: str) -> None:
    assert product_token(agent) == token


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    policy(body).allows(f"{SITE}/a")


_PIECES = st.sampled_from(
    ["User-agent: *", "Disallow: /", "Allow: ", "*", "$", "\n", "\r", "%", "%zz", "é", "#", ":", "Host: a",
     "Crawl-delay: 1e999",     "Request-rate: 0/0", "Sitemap: http://[::1", "Visit-time: x", " ", "\0"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
def test_no_lines_raise(pieces: list[str]) -> None:
    read = policy("".join(pieces))
    read.allows(f"{SITE}/a*b$c%20?d=é")
