"""Declarations: what a wrong one says, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.config import Config, ConfigError
from crawler.loader import closest, load_sites, packaged_sites, site_from_table
from crawler.news import DECLARED

GOOD: dict[str, Any] = {
    "name": "essai",
    "title": "Le Courrier d'essai",
    "start_urls": ["https://courrier.example/"],
    "delay": 2,
    "rules": {"article_url": r"^/article/(\d+)", "article_key": "article/{0}", "title": ["h1", "//h2"]},
}


def declared(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def ruled(**changes: Any) -> dict[str, Any]:
    return declared(rules={**GOOD["rules"], **changes})


def test_a_table_is_a_site_with_its_rules_completed() -> None:
    site = site_from_table(GOOD, "essai.toml")
    assert site.name == "essai"
    assert site.delay == 2
    assert site.rules.site == "essai"
    assert site.rules.title == ("h1", "//h2")
    assert site.rules.title_of_site == "Le Courrier d'essai"


def test_former_rules_can_stand_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "essai.toml").write_text(
        'name = "essai"\nstart_urls = ["https://courrier.example/"]\n[rules]\narticle_url = "^/a/"\n'
        '[[rules.former_rules]]\nuntil = 2020-01-31\n[rules.former_rules.rules]\ntitle = ["h3"]\n'
    )
    (former,) = load_sites(Config(), tmp_path)["essai"].rules.former_rules
    assert former.until.isoformat() == "2020-01-31"
    assert former.rules.title == ("h3",)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (declared(name="É"), "name: 2 to 63 lower-case letters"),
        (declared(name="../x"), "name: 2 to 63 lower-case letters"),
        ({key: value for key, value in GOOD.items() if key != "name"}, "name: 2 to 63"),
        (declared(start_url=["x"]), "start_url: unknown key; did you mean start_urls?"),
        (declared(zzz=1), "zzz: unknown key; there are "),
        (declared(delay="vite"), "delay: expected float, got str"),
        (declared(delay=-1), "delay: expected float >= 0"),
        (declared(concurrency=0), "concurrency: expected int >= 1"),
        (declared(allow_private="oui"), "allow_private: expected bool, got str"),
        (declared(start_urls="https://courrier.example/"), "start_urls: expected array, got str"),
        (declared(start_urls=[]), "start_urls: at least one URL"),
        (declared(start_urls=["file:///etc/passwd"]), "not an http(s) URL: 'file:///etc/passwd'"),
        (declared(timezone="Maroc"), "timezone: no IANA time zone: 'Maroc'"),
        (declared(timezone="../../etc/passwd"), "timezone: no IANA time zone"),
        (declared(rules=[]), "rules: a table is needed"),
        (declared(rules={}), "article_url: a pattern for article URLs is needed"),
        (ruled(article_url="("), "rules.article_url: not a regular expression"),
        (ruled(article_key="{3}"), "rules.article_key: '{3}' names a group"),
        (ruled(titel=["h1"]), "rules.titel: unknown key; did you mean title?"),
        (ruled(country="MA"), "rules.country: unknown key"),
        (ruled(title="h1"), "rules.title: expected array, got str"),
        (ruled(title=["h1["]), "rules.title: neither CSS nor XPath"),
        (ruled(body=["//div["]), "rules.body: neither CSS nor XPath"),
    ],
)
def test_a_wrong_declaration_names_table_and_key_in_one_line(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        site_from_table(table, "hemero.toml: [[site]] 3")
    message = str(caught.value)
    assert message.startswith("hemero.toml: [[site]] 3")
    assert says in message
    assert "\n" not in message


def test_a_file_is_named_with_the_line_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    file = tmp_path / "sites" / "essai.toml"
    file.write_text('name = "essai"\nstart_urls = ["https://courrier.example/"]\n\ndelay = "vite"\n')
    with pytest.raises(ConfigError) as caught:
        load_sites(Config(), tmp_path)
    assert str(caught.value).startswith(f"{file}:4: delay: ")


@pytest.mark.parametrize("content", [b"name = \n", b"\xff\xfe", b"name = 'essai'\n\tname = 'essai'\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "essai.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"essai\.toml"):
        load_sites(Config(), tmp_path)


def test_two_sites_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="'essai' exists already"):
        load_sites(Config(site=(GOOD, GOOD)))


def test_two_sites_of_one_host_must_agree_on_private_addresses() -> None:
    other = declared(name="autre", start_urls=["https://www.courrier.example/x"], allow_private=True)
    with pytest.raises(ConfigError, match=r"allow_private: both own courrier\.example"):
        load_sites(Config(site=(GOOD, other)))
    assert "autre" in load_sites(Config(site=(declared(allow_private=True), other)))


def test_packaged_sites_and_tables_stand_together() -> None:
    sites = load_sites(Config(site=(GOOD,)))
    assert list(sites) == sorted([*packaged_sites(), "essai"])
    assert "portailsudmaroc" in sites


def test_every_declared_key_is_checked_for_its_type() -> None:
    for key in DECLARED:
        with pytest.raises(ConfigError, match=key):
            site_from_table(declared(**{key: {"not": "this"}}), "essai.toml")


@pytest.mark.parametrize(
    ("name", "near"),
    [("portailsudmarok", "portailsudmaroc"), ("DEMO", "demo"), ("dem", "demo"), ("zzz", None), ("", None)],
)
def test_the_name_that_was_meant(name: str, near: str | None) -> None:
    assert closest(name, ["demo", "portailsudmaroc"]) == near
