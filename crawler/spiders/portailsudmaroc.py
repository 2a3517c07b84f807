"""Portail Sud Maroc republishes the Moroccan press; its pages credit "SOURCE WEB Par ..."."""

from crawler.news import NewsSpider
from pipelines.rules import SiteRules


class PortailSudMarocSpider(NewsSpider):
    name = "portailsudmaroc"
    title = "Portail Sud Maroc"
    country, language, timezone = "MA", "fr", "Africa/Casablanca"
    start_urls = ("https://portailsudmaroc.com/", "https://portailsudmaroc.com/actualite")
    delay = 5.0
    # The number is the article: two slugs can name it, and a slug cannot be turned back into a title.
    # The markup has not been seen: the French headings and lines decide, no class name does.
    rules = SiteRules(
        article_url=r"^/actualite/(\d+)(/|$)",
        article_key="actualite/{0}",
        title_bytes=100,
        teaser_bytes=160,
        marks=("SOURCE WEB", "Les articles en relation"),
    )
