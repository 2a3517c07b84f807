"""The invented press site that ships with the project (package `demo`): crawled offline and by the tests."""

from crawler.news import NewsSpider
from demo import ARTICLE_KEY, ARTICLE_URL, BASE_URL, SITE, ZONE
from pipelines.rules import SiteRules


class DemoSpider(NewsSpider):
    name = "demo"
    title = SITE
    country, language, timezone = "MA", "fr", ZONE
    start_urls = (BASE_URL + "/",)
    allow_private = True  # it is served on loopback
    delay = 0.0
    concurrency = 4
    # One selector each for the site's three layouts: portal, magazine, plain. The magazine's date is in its
    # structured data; the plain layout has date and author on one line or two, which is read without.
    rules = SiteRules(
        article_url=ARTICLE_URL,
        article_key=ARTICLE_KEY,
        title=("h1",),
        lead=("p.chapo",),
        body=("div.article", "div.entry-content", "body.plain > h1 ~ p"),
        date=("div.infos > div.date",),
        authors=("span.byline > a[rel=author]",),
        attribution=("div.infos > div.source", "span.byline"),
        section=("ul.fil > li:last-child", "header > a.category", "p.rubrique > a"),
        tags=("div.tags ul", "ul.tags", "p > a[rel=tag]"),
        related=("div.relation", "section.related-posts, section.same-topic", "h3 + ul"),
        prune=("p.outils", "p.pied", "div.pub-inline"),
    )
