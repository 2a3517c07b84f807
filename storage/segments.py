"""Sealed segments of the full-text index on PostgreSQL: some thousand articles, written once. Pure.

A segment is one row a term: the articles that have it in their title, their text, their tags, or elsewhere
(words of related entries, facets), and its places for phrases. It is sorted by order key when it is made, so
its newest articles are the highest bits of a set (storage.postings). An article that leaves is only marked
in the segment's `gone`; who removes it for good makes the segment again from `documents_of`.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from storage.documents import FIELDS, Document
from storage.postings import (
    FIELD_BITS,
    bits,
    later,
    little,
    pack_places,
    pack_slots,
    slots_of,
    unpack_addresses,
    unpack_slots,
)

_POSITION = (1 << FIELD_BITS) - 1


class Row(NamedTuple):
    """What a segment holds of one term, packed. `others`: related words and facets; facets have no places."""

    term: str
    title: bytes | None
    text: bytes | None
    tags: bytes | None
    others: bytes | None
    places: bytes | None

    @property
    def slots(self) -> int:
        """All articles that have the term, in whatever field."""
        found = 0
        for packed in (self.title, self.text, self.tags, self.others):
            found |= unpack_slots(packed)
        return found


def rows_of(documents: Sequence[Document]) -> list[Row]:
    """The rows of a segment of these documents, which stand oldest first; sorted by term."""
    words: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    facets: defaultdict[str, list[int]] = defaultdict(list)
    for slot, document in enumerate(documents):
        for number, field in enumerate(FIELDS):
            address = slot << 16 | number << FIELD_BITS
            for term in getattr(document, field):
                words[term].append(address)
                address += 1
        for facet in document.facets:
            facets[facet].append(slot)
    size = len(documents)
    made = [_word_row(term, addresses, size) for term, addresses in words.items()]
    made += [
        Row(facet, None, None, None, pack_slots(slots, size), None)
        for facet, slots in facets.items()
        if facet != "_all"
    ]
    return sorted(made)


def _word_row(term: str, addresses: Sequence[int], size: int) -> Row:
    by_field: list[dict[int, None]] = [{} for _ in FIELDS]
    for address in addresses:
        by_field[address >> FIELD_BITS & 3][address >> 16] = None
    packed = [pack_slots(list(slots), size) if slots else None for slots in by_field]
    return Row(term, packed[0], packed[1], packed[2], packed[3], pack_places(addresses))


def documents_of(keys: Sequence[int], gone: int, rows: Iterable[Row]) -> list[Document]:
    """The documents a segment was made of, without those that are gone.

    Raises:
        ValueError, LookupError, OverflowError, zlib.error: the rows are damaged.
    """
    fields: list[list[dict[int, str]]] = [[{} for _ in FIELDS] for _ in keys]
    facets: list[list[str]] = [["_all"] for _ in keys]
    for row in rows:
        slots = slots_of(row.slots)
        if row.places is None:
            for slot in slots:
                facets[slot].append(row.term)
            continue
        for address in unpack_addresses(row.places, slots):
            place = address & 0xFFFF
            fields[address >> 16][place >> FIELD_BITS][place & _POSITION] = row.term
    made = []
    for slot, key in enumerate(keys):
        if not gone >> slot & 1:
            title, body, tags, related = ([found[place] for place in sorted(found)] for found in fields[slot])
            made.append(Document(key, title, body, tags, related, sorted(facets[slot])))
    return made


def pack_keys(keys: Sequence[int]) -> bytes:
    """Order keys by slot, eight bytes each, the low one first."""
    return little(array("q", keys)).tobytes()


def unpack_keys(packed: bytes) -> array[int]:
    """The order keys of a segment, by slot. They become numbers one by one, where they are looked at.

    Raises:
        ValueError: the bytes are no keys.
    """
    keys = array("q")
    keys.frombytes(packed)
    return little(keys)


class Segment:
    """The rows of one segment that a query asks for."""

    def __init__(self, live: int, rows: dict[str, Row]) -> None:
        self.live = live  # its articles, as a set
        self.rows = rows

    def having(self, term: str, field: str | None = None) -> int:
        """The articles that have a term in a field, by default in title, text or tags."""
        row = self.rows.get(term)
        if row is None:
            return 0
        if term.startswith("_"):
            return unpack_slots(row.others)
        if field is not None:
            return unpack_slots(getattr(row, field))
        return unpack_slots(row.title) | unpack_slots(row.text) | unpack_slots(row.tags)

    def beginning(self, stump: str) -> list[str]:
        """The terms that begin so."""
        return [term for term in self.rows if term.startswith(stump)]

    def side_by_side(self, words: Sequence[Sequence[str]], field: str | None, within: int) -> int:
        """The articles, of those `within`, that have these terms one after another in one field.

        Each place of the phrase may be taken by several terms: those of a prefix.
        """
        for choices in words:
            any_of = 0
            for term in choices:
                any_of |= self.having(term, field)
            within &= any_of
        if not within:
            return 0
        last = len(words) - 1
        places = [
            [later(self._addresses(term, within), last - number) for term in choices]
            for number, choices in enumerate(words)
        ]
        places.sort(key=lambda found: sum(map(len, found)))
        ends = set(chain.from_iterable(places[0]))
        for found in places[1:]:
            ends.intersection_update(chain.from_iterable(found))
        wanted = None if field is None else FIELDS.index(field)
        return within & bits(end >> 16 for end in ends if wanted is None or end >> FIELD_BITS & 3 == wanted)

    def _addresses(self, term: str, within: int) -> array[int]:
        row = self.rows.get(term)
        if row is None or row.places is None:
            return array("I")
        return unpack_addresses(row.places, slots_of(row.slots), within)
