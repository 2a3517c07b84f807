"""What the site lists its articles under: sections, tags, authors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from demo.drafts import Draft, plain_slug, seed_slug
from demo.topics import TOPICS

TAG_IDS = {
    name: 112 + 37 * n for n, name in enumerate(sorted({tag for topic in TOPICS for tag in topic.tags}))
}


@dataclass(slots=True)
class Listed:
    """One list, newest first. `root` is its path; further pages are root + page/2/ or root + ?page=2."""

    kind: str
    title: str
    root: str
    drafts: list[Draft] = field(default_factory=list)

    def path(self, number: int) -> str:
        if number == 1:
            return self.root
        return f"{self.root}page/{number}/" if self.root.endswith("/") else f"{self.root}?page={number}"


class Indexes:
    """All lists of an edition by their root path."""

    def __init__(self, newest: Sequence[Draft]) -> None:
        self.newest = list(newest)
        self.by_root: dict[str, Listed] = {}
        for topic in TOPICS:
            root = f"/rubrique/{topic.key}/"
            self.by_root[root] = Listed("listing", topic.name, root)
        for draft in self.newest:
            self.by_root[f"/rubrique/{draft.topic.key}/"].drafts.append(draft)
            for name in draft.tags:
                self._add("tag", name, tag_root(draft.template, name), draft)
            for name in draft.credit.authors if draft.credit else ():
                self._add("listing", name, f"/auteur/{plain_slug(name)}/", draft)

    def _add(self, kind: str, title: str, root: str, draft: Draft) -> None:
        self.by_root.setdefault(root, Listed(kind, title, root)).drafts.append(draft)


def tag_root(template: str, name: str) -> str:
    """The portal numbers its tags as the seed's site does; the other layouts share one page a tag."""
    if template == "portal":
        return f"/actualite/tags/{TAG_IDS[name]}/{seed_slug(name)}"
    return f"/tag/{plain_slug(name)}/"
