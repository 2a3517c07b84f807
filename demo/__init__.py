"""An invented press site on loopback: the offline default, and what the crawl tests crawl."""

BASE_URL = "http://127.0.0.1:8765"
SITE = "L'Écho des Arganiers"
ZONE = "Africa/Casablanca"
# Searched in path and query; the one group is the article's number, the same under every alias.
ARTICLE_URL = r"^/(?:actualite/|article-|\?p=|\d{4}/\d{2}/[^/?]+-)(\d+)(?:/|\.html|$)"
ARTICLE_KEY = "article/{0}"
