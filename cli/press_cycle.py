"""Plays the demo's press cycle into an archive: its visits are captured, read and stored as a crawl's are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from demo.press_cycle import SITES, VISITS, CycleSite, Visit
from pipelines.outlets import source_table
from pipelines.rules import SiteRules
from pipelines.urls import identity
from storage import repository
from storage.archive import Archive
from storage.records import Candidate, Capture, Page, Reading
from storage.writer import ArchiveWriter

COUNTRY, ZONE = "MA", "Africa/Casablanca"
Read = Callable[[Page, SiteRules], Reading]


def rules_of(site: CycleSite) -> SiteRules:
    """What the declaration of a site of the cycle would say."""
    return SiteRules(
        site=site.name,
        title_of_site=site.title,
        country=COUNTRY,
        timezone=ZONE,
        article_url=site.article_url,
        article_key=site.article_key,
    )


def url_of(visit: Visit) -> str:
    return SITES[visit.site].url.rstrip("/") + visit.path


def play(archive: Archive, read: Read) -> dict[str, int]:
    """Take every visit of the cycle into the archive. Returns article ids by the demo's names for them."""
    with archive.write() as session:
        repository.load_sources(session, source_table())
        site_ids = {
            name: repository.save_site(session, name, site.title, site.url, COUNTRY, "fr", ZONE)
            for name, site in SITES.items()
        }
    found: dict[str, int] = {}
    with ArchiveWriter(archive, None) as writer:
        for visit in VISITS:
            number = _visit(writer, visit, site_ids[visit.site], read)
            if number is not None:
                found[visit.article] = number
    return found


def _visit(writer: ArchiveWriter, visit: Visit, site_id: int, read: Read) -> int | None:
    url, rules = url_of(visit), rules_of(SITES[visit.site])
    asked = Candidate(url, identity(url, rules), found_by="listing")
    candidate = writer.call(lambda db: repository.candidate_for(db, site_id, asked, visit.at)).result()
    body = (visit.body or "").encode()
    headers = ((b"Content-Type", visit.content_type.encode()),)
    capture = writer.capture(
        Capture(url, visit.site, visit.status, headers, body, visit.at, candidate_id=candidate)
    ).result()
    if visit.body is None:
        writer.call(lambda db: repository.mark_gone(db, candidate, visit.at, visit.status)).result()
        return None
    reading = read(Page(url, body, visit.at, visit.content_type), rules)
    tied = replace(reading, capture_id=capture, candidate_id=candidate)
    return writer.store(tied, site_id).result().article_id
