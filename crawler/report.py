"""The health of all sites as JSON and as one HTML page that needs nothing else. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from storage.figures import FIELDS
from storage.overview import RESTING, SiteHealth

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>hemero: {title}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: .5rem 0; }}
th, td {{ text-align: left; padding: .15rem .9rem .15rem 0; vertical-align: top; }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
h1, h2 {{ line-height: 1.2; }}
.sites td, .sites th {{ white-space: nowrap; }}
.sites td:first-child {{ white-space: normal; min-width: 8rem; }}
.sites tr.move td {{ white-space: normal; padding: 0 0 .6rem 1rem; }}
.well {{ color: #17652f; }} .ill {{ color: #9b1c1c; font-weight: 600; }} .rest {{ color: #6b6b6b; }}
section {{ border-top: 1px solid #8884; margin-top: 1.5rem; }}
bdi {{ overflow-wrap: anywhere; }}
svg {{ color: #35608f; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #16181b; color: #ddd; }}
a {{ color: #8fb6e0; }} .well {{ color: #74c98f; }} .ill {{ color: #ff9c92; }} .rest {{ color: #a5a5a5; }}
svg {{ color: #8fb6e0; }} }}
@media (max-width: 44rem) {{ .sites .when {{ display: none; }} body {{ margin: 1rem auto; }} }}
</style></head><body>
<h1>{title}</h1>
<p>State of {moment} UTC.</p>
"""
_LESS = 0.1  # of the pages: so much less than before is shown in red
_ISOLATED = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F], "\ufffd")


def as_dict(health: SiteHealth) -> dict[str, Any]:
    """One site for machines: always all keys."""
    return {
        "site": health.site,
        "title": health.title,
        "state": health.state,
        "exit_code": health.exit_code,
        "message": health.message,
        "advice": advice(health),
        "since": _iso(health.since),
        "last_run_at": _iso(health.last_run_at),
        "last_success_at": _iso(health.last_success_at),
        "running": health.running,
        "overdue": health.overdue,
        "interval_seconds": None if health.interval is None else int(health.interval.total_seconds()),
        "articles": health.articles,
        "new_7_days": health.new_7_days,
        "weeks": list(health.weeks),
        "candidates": dict(health.candidates),
        "pages": health.now.pages,
        "fill": health.fills(),
        "fill_before": {
            name: round(share, 4) for name in FIELDS if (share := health.fill(name, before=True)) is not None
        },
        "rules": {name: dict(rules) for name, rules in health.now.rules.items()},
        "body_median": health.body_median,
    }


def advice(health: SiteHealth) -> str | None:
    """What is wrong and the next move; None where nothing is."""
    if health.state in RESTING:
        return None
    if health.overdue and health.interval is not None and health.last_run_at is not None:
        usual = f"every {_span(health.interval)}"
        late = (
            f"no run since {_minute(health.last_run_at)} UTC, usually {usual}: does the schedule still run?"
        )
        return late if health.exit_code == 0 else f"{late} The last one: {health.message}"
    if health.state == "never":
        return f"never crawled: run `hemero crawl {health.site}`"
    return health.message if health.exit_code else None


def html_page(sites: Sequence[SiteHealth], now: datetime) -> str:
    """One page: a line a site, then each site's weeks and fields. Text of sites and pages is escaped."""
    ill = sum(1 for site in sites if not site.is_well)
    title = f"{ill} of {len(sites)} sites need a look" if ill else "All sites are well"
    parts = [_HEAD.format(title=escape(title), moment=_minute(now))]
    head = '<tr><th>site<th>state<th class="n">7 days<th class="when">since<th class="when">last success</tr>'
    parts.append(f'<table class="sites">{head}{"".join(map(_row, sites))}</table>\n')
    parts += [_section(site) for site in sites]
    return "".join(parts) + "</body></html>\n"


def _row(site: SiteHealth) -> str:
    """A line of the table, and below it what is to be done; narrow screens leave the moments out."""
    said = advice(site)
    move = f'<tr class="move"><td colspan="5">{_text(said)}</td></tr>' if said else ""
    return (
        f'<tr><td><a href="#{escape(site.site)}">{_text(site.site)}</a></td><td>{_state(site)}</td>'
        f'<td class="n" title="new articles in seven days">{site.new_7_days}</td>'
        f'<td class="when">{_minute(site.since)}</td>'
        f'<td class="when">{_minute(site.last_success_at)}</td></tr>{move}\n'
    )


def _section(site: SiteHealth) -> str:
    fields = "".join(_field_row(site, name) for name in FIELDS)
    head = "<tr><th>field<th class=n>30 days<th class=n>before<th>read by</tr>"
    waiting = ", ".join(f"{number} {state}" for state, number in sorted(site.candidates.items()))
    length = f", the last ones {site.body_median} characters at the median" if site.body_median else ""
    since = f" since {_minute(site.since)}" if site.since else ""
    success = f"; last success {_minute(site.last_success_at)}" if site.last_success_at else ""
    return (
        f'<section id="{escape(site.site)}"><h2>{_text(site.title or site.site)}</h2>'
        f"<p>{_state(site)}{since}{success}</p><p>{_text(site.message or '')}</p>"
        f"<p>{site.articles} articles; candidates: {_text(waiting or 'none')}</p>"
        f"<p>New articles by week: {_bars(site.weeks)}</p>"
        f"<p>Fields of the {site.now.pages} pages of the last 30 days{length}:</p>"
        f"<table>{head}{fields}</table></section>\n"
    )


def _field_row(site: SiteHealth, name: str) -> str:
    now, before = site.fill(name), site.fill(name, before=True)
    less = now is not None and before is not None and now < before - _LESS
    rules = sorted(site.now.rules.get(name, {}).items(), key=lambda pair: -pair[1])[:4]
    shown = ", ".join(f"{rule} {number}" for rule, number in rules)
    return (
        f'<tr><td>{name}</td><td class="n{" ill" if less else ""}">{_share(now)}</td>'
        f'<td class="n">{_share(before)}</td><td>{_text(shown)}</td></tr>'
    )


def _bars(weeks: Sequence[int]) -> str:
    """The weeks as bars, oldest left, with the numbers for those who do not see them."""
    numbers = ", ".join(map(str, weeks))
    most = max([*weeks, 1])
    bars = "".join(
        f'<rect x="{number * 14}" y="{40 - 40 * count / most:.1f}" width="11"'
        f' height="{40 * count / most:.1f}" fill="currentColor"><title>{count}</title></rect>'
        for number, count in enumerate(weeks)
    )
    return (
        f'<svg role="img" aria-label="{numbers}" width="{len(weeks) * 14}" height="40">{bars}</svg>'
        f" <small>{numbers}</small>"
    )


def _state(site: SiteHealth) -> str:
    kind = "rest" if site.state in (*RESTING, "never") else "well" if site.is_well else "ill"
    word = "overdue" if site.overdue else site.state
    return f'<span class="{kind}">{_text(word)}</span>'


def _text(text: str) -> str:
    """Inert and isolated: no markup of a page, no direction override."""
    return f"<bdi>{escape(text.translate(_ISOLATED))}</bdi>"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 2880 else f"{minutes / 1440:.0f} days"
