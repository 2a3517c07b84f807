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
    rules = SiteRules(article_url=ARTICLE_URL, article_key=ARTICLE_KEY)
