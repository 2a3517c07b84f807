"""Markup of the press cycle: an outlet's page, the portal's page, and the plain text of a portal page."""

from __future__ import annotations

import json
from datetime import datetime

from demo.cuts import clear, cut_teaser, cut_title, escape, markup

Entry = tuple[str, str, str | None, bool]  # address, title, text of the target, whether a picture links too


def outlet_page(
    site: str,
    title: str,
    paragraphs: tuple[str, ...],
    published: datetime,
    byline: str | None,
    modified: datetime | None,
) -> str:
    """A page with JSON-LD, a byline under the headline, and furniture around."""
    claims = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published.isoformat(),
        **({"dateModified": modified.isoformat()} if modified else {}),
    }
    line = f'<p class="byline">{escape(byline)}</p>\n' if byline else ""
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{escape(title)} | {escape(site)}</title>
<script type="application/ld+json">{json.dumps(claims, ensure_ascii=False)}</script></head>
<body><header><a href="/">{escape(site)}</a>
<nav><a href="/mer/">Mer</a> <a href="/ville/">Ville</a></nav></header>
<main><article><h1>{escape(title)}</h1>
{line}<div class="texte">
{body}
</div></article></main>
<footer>© {escape(site)} 2026</footer></body></html>
"""


def portal_page(
    title: str, paragraphs: tuple[str, ...], date_line: str, outlet: str, entries: tuple[Entry, ...]
) -> str:
    """The portal's page: date line, "SOURCE WEB Par", related entries cut by bytes."""
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    items = "".join(_entry(*entry) for entry in entries)
    return f"""<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title></head>
<body><header><a href="/">Portail des Arganiers</a></header>
<main><div class="article"><h1>{escape(title)}</h1>
<div class="texte">{body}</div>
<div class="infos"><div class="date">{date_line}</div>
<div class="source">SOURCE WEB Par {escape(outlet)}</div></div></div>
<div class="relation"><h3>Les articles en relation</h3>
{items}</div></main><footer>Portail des Arganiers</footer></body></html>
"""


def _entry(address: str, title: str, text: str | None, picture: bool) -> str:
    image = f'<a class="vignette" href="{address}"><img src="/v.svg" alt=""></a>\n' if picture else ""
    shown = markup(cut_title(title), lossy=False, double=False, dots=False).decode()
    teaser = f"\n<p>{_teaser(text)}</p>" if text else ""
    return f'<div class="item">{image}<h4><a href="{address}">{shown}</a></h4>{teaser}</div>\n'


def _teaser(text: str) -> str:
    cut = cut_teaser(text)
    return markup(cut if clear(cut) else cut_teaser(text + " "), lossy=True, double=False, dots=True).decode()


def portal_text(
    title: str,
    paragraphs: tuple[str, ...],
    date_line: str,
    outlet: str,
    entries: tuple[tuple[str, str], ...],
) -> str:
    """What "select all, copy" gives of a portal page: related entries without their addresses."""
    lines = [title, "", *paragraphs, date_line, f"SOURCE WEB Par {outlet}", "Les articles en relation", ""]
    for shown, text in entries:
        cut = cut_teaser(text)
        lines += [cut_title(shown).kept, cut.kept + ("..." if cut.truncated else ""), ""]
    return "\n".join(lines)
