"""A site under another name and on another host: the same articles, on both databases."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.config import Config, ConfigError
from crawler.loader import load_sites, site_from_table
from crawler.news import NewsSpider
from crawler.renaming import host_of, moved_url, renamed_toml
from pipelines.rules import FormerRules, SiteRules
from pipelines.urls import identity
from storage import Archive
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Channel, Site
from storage.records import Article as Read
from storage.records import Candidate as Found
from storage.records import Reading
from storage.repository import (
    save_candidates,
    save_channel_state,
    save_site,
    start_run,
    store_reading,
)
from storage.site_rename import NameTaken, Renamed, rename_site

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OLD, NEW = "https://www.courrier.example", "https://oued.example"
TEXT = """# Le Courrier, since 2019
name = "courrier"
title = "Le Courrier"  # as on paper
start_urls = ["https://www.courrier.example/", "https://sport.courrier.example/"]
id_url = "https://www.courrier.example/actu/{0}"
feeds = [
    "https://www.courrier.example/feed/",
    "https://ailleurs.example/courrier.xml",
]

[rules]
article_url = '^/actu/(\\d+)'
article_key = "actu/{0}"
"""


def moved(url: str) -> str | None:
    return moved_url(url, "courrier.example", f"{NEW}/")


# --- addresses and declarations ----------------------------------------------------------------------


def test_the_same_path_on_the_new_host() -> None:
    assert moved(f"{OLD}/actu/7?p=2") == f"{NEW}/actu/7?p=2"
    assert moved("http://courrier.example/") == f"{NEW}/"
    assert moved("https://sport.courrier.example/actu/7") == "https://sport.oued.example/actu/7"
    assert moved("https://ailleurs.example/actu/7") is None
    assert moved("https://moncourrier.example/actu/7") is None


def test_a_declaration_keeps_its_comments_and_order() -> None:
    text = renamed_toml(
        TEXT, "oued", home=f"{NEW}/", title=None, names=["courrier"], hosts=["courrier.example"]
    )
    assert text.startswith("# Le Courrier, since 2019\n")
    assert "# as on paper" in text
    table = tomllib.loads(text)
    assert list(table) == [
        "name",
        "former_hosts",
        "former_names",
        "title",
        "start_urls",
        "id_url",
        "feeds",
        "rules",
    ]
    assert table["start_urls"] == [f"{NEW}/", "https://sport.oued.example/"]
    assert table["feeds"] == [f"{NEW}/feed/", "https://ailleurs.example/courrier.xml"]
    assert table["id_url"] == f"{NEW}/actu/{{0}}"
    assert table["rules"] == tomllib.loads(TEXT)["rules"]


def test_a_second_renaming_adds_to_the_first() -> None:
    once = renamed_toml(TEXT, "oued", home=None, title="L'Oued", names=["courrier"], hosts=[])
    twice = tomllib.loads(
        renamed_toml(once, "fleuve", home=None, title=None, names=["courrier", "oued"], hosts=[])
    )
    assert (twice["name"], twice["title"], twice["former_names"]) == (
        "fleuve",
        "L'Oued",
        ["courrier", "oued"],
    )


def site(text: str) -> type[NewsSpider]:
    return site_from_table(tomllib.loads(text), "a.toml")


@pytest.mark.parametrize("keyed", [True, False])
def test_identities_do_not_change(keyed: bool) -> None:
    text = TEXT if keyed else TEXT.replace('article_key = "actu/{0}"\n', "")
    before = site(text).rules
    once = renamed_toml(
        text, "oued", home=f"{NEW}/", title=None, names=["courrier"], hosts=["courrier.example"]
    )
    hosts = ["courrier.example", "oued.example"]
    twice = renamed_toml(
        once, "fleuve", home="https://fleuve.example/", title=None, names=["courrier", "oued"], hosts=hosts
    )
    for path in ("/actu/7/le-port", "/actu/8"):
        known = identity(OLD + path, before)
        for now, base in (
            (once, OLD),
            (once, NEW),
            (twice, OLD),
            (twice, NEW),
            (twice, "https://fleuve.example"),
        ):
            assert identity(base + path, site(now).rules) == known


@given(st.sampled_from(["/a", "/a?b=c", "/", "/courrier.example/x"]), st.sampled_from(["", "www.", "sport."]))
def test_an_identity_follows_every_host_below(path: str, sub: str) -> None:
    rules = SiteRules(moved=(("oued.example", "courrier.example"),))
    assert identity(f"https://{sub}oued.example{path}", rules) == identity(
        f"https://{sub}courrier.example{path}", SiteRules()
    )


def test_rules_of_former_layouts_know_the_site_too() -> None:
    class Renamed(NewsSpider):
        name = "oued-test"
        start_urls = (f"{NEW}/",)
        former_names = ("courrier",)
        rules = SiteRules(
            article_url="^/a/(.*)",
            article_key="{0}",
            former_rules=(FormerRules(NOW.date(), SiteRules(article_url="^/b/(.*)", article_key="{0}")),),
        )

    former = Renamed.rules.former_rules[0].rules
    assert identity(f"{NEW}/b/1", former) == identity(f"{NEW}/a/1", Renamed.rules)


def test_a_former_name_belongs_to_one_site(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    for name in ("oued", "vigie"):
        text = TEXT.replace('"courrier"', f'"{name}"', 1).replace(
            "[rules]", 'former_names = ["courrier"]\n[rules]'
        )
        (tmp_path / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="former_names: both claim 'courrier'"):
        load_sites(Config(), tmp_path)


# --- the archive -------------------------------------------------------------------------------------


RULES = site(TEXT.replace('article_key = "actu/{0}"\n', "")).rules


def fill(archive: Archive) -> int:
    """A site with three articles, one of them with an alias, two candidates, two channels, a run."""
    with archive.write() as session:
        number = save_site(session, "courrier", "Le Courrier", f"{OLD}/", "MA", "fr", "Africa/Casablanca")
        start_run(session, number, "crawl", NOW)
        urls = [f"{OLD}/actu/{n}" for n in (1, 2, 3)]
        save_candidates(session, number, [Found(url, identity(url, RULES)) for url in urls[:2]], NOW)
        for url in urls:
            page = Read(url, "article", title=f"Titre {url[-1]}", body="Un texte.")
            store_reading(
                session,
                number,
                Reading(page, identity(url, RULES), url[-1] * 64, "0" * 64, "1", NOW),
                None,
                NOW,
            )
        article = session.scalar(select(Article).where(Article.url == urls[0]))
        assert article is not None
        alias = f"{OLD}/?p=1"
        session.add(
            ArticleUrl(
                article_id=article.id, url=alias, url_key=url_key(alias), kind="alias", first_seen_at=NOW
            )
        )
        save_channel_state(session, number, f"{OLD}/feed/", "feed", now=NOW, etag='"1"', links=20)
        save_channel_state(session, number, "https://ailleurs.example/courrier.xml", "feed", now=NOW)
    return number


def rename(archive: Archive, new: str = "oued") -> Renamed | None:
    with archive.write() as session:
        return rename_site(session, "courrier", new, f"{NEW}/", None, moved, NOW)


def test_rows_follow(archive: Archive) -> None:
    number = fill(archive)
    with archive.read() as session:
        before = session.execute(select(Article.id, Article.identity).order_by(Article.id)).all()
    assert rename(archive) == Renamed(articles=3, candidates=2, channels=1)
    with archive.read() as session:
        row = session.scalars(select(Site).where(Site.id == number)).one()
        assert (row.name, row.url, row.title) == ("oued", f"{NEW}/", "Le Courrier")
        assert session.execute(select(Article.id, Article.identity).order_by(Article.id)).all() == before
        urls = [f"{NEW}/actu/{n}" for n in (1, 2, 3)]
        assert sorted(session.scalars(select(Article.url))) == urls
        assert sorted(session.scalars(select(Candidate.url))) == urls[:2]
        channels = {row.url: row for row in session.scalars(select(Channel))}
        assert set(channels) == {f"{NEW}/feed/", "https://ailleurs.example/courrier.xml"}
        assert (channels[f"{NEW}/feed/"].etag, channels[f"{NEW}/feed/"].links) == (None, 20)


def test_every_address_leads_to_its_article(archive: Archive) -> None:
    fill(archive)
    rename(archive)
    with archive.read() as session:
        rows = session.execute(select(ArticleUrl.url, ArticleUrl.article_id, ArticleUrl.kind)).all()
    owners = {row.url: row.article_id for row in rows}
    for path in ("/actu/1", "/?p=1", "/actu/2", "/actu/3"):
        assert owners[OLD + path] == owners[NEW + path]
    assert {row.url for row in rows if row.kind == "canonical"} == {f"{NEW}/actu/{n}" for n in (1, 2, 3)}


def test_pages_of_the_new_host_are_known(archive: Archive) -> None:
    number = fill(archive)
    rename(archive)
    rules = site(
        renamed_toml(TEXT, "oued", home=f"{NEW}/", title=None, names=["courrier"], hosts=["courrier.example"])
        .replace('article_key = "actu/{0}"\n', "")
    ).rules  # fmt: skip
    urls = [f"{NEW}/actu/{n}" for n in (1, 2, 3, 4)]
    with archive.write() as session:
        assert save_candidates(session, number, [Found(url, identity(url, rules)) for url in urls], NOW) == 1
        page = Read(urls[0], "article", title="Titre 1", body="Un texte.")
        outcome = store_reading(
            session, number, Reading(page, identity(urls[0], rules), "1" * 64, "0" * 64, "1", NOW), None, NOW
        )
    assert outcome.kind == "unchanged"


def test_twice_is_once(archive: Archive) -> None:
    fill(archive)
    rename(archive)
    assert rename(archive) is None
    with archive.write() as session:
        again = rename_site(session, "oued", "oued", f"{NEW}/", None, moved, NOW)
    assert again == Renamed()


def test_two_sites_do_not_become_one(archive: Archive) -> None:
    fill(archive)
    with archive.write() as session:
        other = save_site(session, "oued", "L'Oued", f"{NEW}/", "MA", "fr", "Africa/Casablanca")
    assert rename(archive) is not None  # an empty row gives way
    with archive.write() as session:
        other = save_site(
            session, "vigie", "La Vigie", "https://vigie.example/", "MA", "fr", "Africa/Casablanca"
        )
        start_run(session, other, "crawl", NOW)
    with archive.write() as session, pytest.raises(NameTaken, match="vigie"):
        rename_site(session, "oued", "vigie", f"{NEW}/", None, moved, NOW)


def test_hosts_as_declarations_name_them() -> None:
    assert host_of("https://www.courrier.example:443/x") == "courrier.example"
    assert host_of("http://127.0.0.1:8080/") == "127.0.0.1:8080"
