"""All tables, in reading order: what we crawl, what we fetched, what it says, whom it credits."""

from storage.base import Base
from storage.models_articles import (
    Article,
    ArticleAuthor,
    ArticleTag,
    ArticleUrl,
    Attribution,
    AttributionSource,
    Author,
    Correction,
    FieldEvidence,
    RelatedLink,
    Revision,
    Source,
    SourceAlias,
    Tag,
)
from storage.models_care import Redaction, RedactionKey
from storage.models_crawl import Candidate, Capture, CaptureFile, Channel, Host, Run, Site
from storage.models_health import Notice

__all__ = [
    "Article",
    "ArticleAuthor",
    "ArticleTag",
    "ArticleUrl",
    "Attribution",
    "AttributionSource",
    "Author",
    "Base",
    "Candidate",
    "Capture",
    "CaptureFile",
    "Channel",
    "Correction",
    "FieldEvidence",
    "Host",
    "Notice",
    "Redaction",
    "RedactionKey",
    "RelatedLink",
    "Revision",
    "Run",
    "Site",
    "Source",
    "SourceAlias",
    "Tag",
]
