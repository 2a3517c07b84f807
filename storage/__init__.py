"""What is kept: captures, articles and everything known about them. Knows neither Scrapy nor trafilatura."""

from storage.archive import Archive, open_archive
from storage.errors import ArchiveError

__all__ = ["Archive", "ArchiveError", "open_archive"]
