"""The invented press site that ships with the project (package `demo`): crawled offline and by the tests."""

from crawler.news import NewsSpider
from demo import BASE_URL
from pipelines.rules import SiteRules


class DemoSpider(NewsSpider):
    name = "demo"
    title = "Le Courrier du Souss"
    country, language, timezone = "MA", "fr", "Africa/Casablanca"
    start_urls = [BASE_URL + "/"]
    allow_private = True  # it is served on loopback
    delay = 0.0
    concurrency = 4
    rules = SiteRules(article_url=r"^/actualite/(\d+)(/|$)", article_key="actualite/{0}")
