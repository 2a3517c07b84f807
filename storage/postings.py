"""How a sealed segment of the index packs what it knows of one term: in which articles, and at which places.

A segment numbers its articles from 0, oldest first: their slots. A set of slots is handled as one whole
number, bit n for slot n: Python combines such numbers at the speed of C, and counts their bits. A place is
`field << 14 | position`, in 16 bits; an address `slot << 16 | place`. Pure.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, compress, repeat
from typing import Literal

FIELD_BITS = 14  # positions within a field are below storage.documents.LIMITS, so below 16,384
MAX_SLOTS = 1 << 16
_LIST, _SQUEEZED, _PLAIN = b"\0", b"\1", b"\2"  # first byte of a packed set
_SHORT = 24  # slots; a longer list is rarely smaller than the squeezed bits
_COUNTED, _DEFLATED = 1, 2  # marks in the first byte of packed places
_WORTH = 40  # bytes from which squeezing is tried
_ONES = bytes.maketrans(b"01", b"\0\1")
_FEW = 40  # bits picked one by one
_PICKED = 8  # one slot picked costs as much as so many woven


def pack_slots(slots: Sequence[int], size: int) -> bytes:
    """A set of slots below `size`, ascending, in the shortest of three forms."""
    listed = _LIST + little(array("H", slots)).tobytes()
    if len(slots) <= _SHORT:
        return listed
    plain = bits(slots).to_bytes((size + 7) // 8, "little")
    return min(_SQUEEZED + zlib.compress(plain, 6, wbits=-15), _PLAIN + plain, listed, key=len)


def unpack_slots(packed: bytes | None) -> int:
    """The set as a number; 0 for None.

    Raises:
        zlib.error: the bytes are damaged.
    """
    if packed is None:
        return 0
    kind = packed[:1]
    if kind == _LIST:
        return bits(_halves(packed[1:]))
    return int.from_bytes(
        zlib.decompress(packed[1:], wbits=-15) if kind == _SQUEEZED else packed[1:], "little"
    )


def bits(slots: Iterable[int]) -> int:
    """The number that has these bits."""
    listed = list(slots)
    if len(listed) <= 2:
        return sum(1 << slot for slot in set(listed))
    made = bytearray((max(listed) >> 3) + 1)
    for slot in listed:
        made[slot >> 3] |= 1 << (slot & 7)
    return int.from_bytes(made, "little")


def slots_of(number: int) -> list[int]:
    """The bits of a number, ascending."""
    if number.bit_count() > _FEW:
        digits = format(number, "b")[::-1].encode().translate(_ONES)
        return list(compress(range(len(digits)), digits))
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found


def pack_places(addresses: Sequence[int]) -> bytes:
    """The places of ascending addresses; the slots they belong to are packed apart, as a set."""
    counts: dict[int, int] = {}
    for address in addresses:
        slot = address >> 16
        counts[slot] = counts.get(slot, 0) + 1
    halves = little(array("H", [address & 0xFFFF for address in addresses])).tobytes()
    body, mark = halves[0::2] + halves[1::2], 0  # all low bytes, then the high ones, which are much alike
    if len(counts) < len(addresses):
        body, mark = bytes(counts.values()) + body, _COUNTED
    if len(body) >= _WORTH:
        shorter = zlib.compress(body, 6, wbits=-15)
        if len(shorter) < len(body):
            body, mark = shorter, mark | _DEFLATED
    return bytes([mark]) + body


def unpack_addresses(packed: bytes, slots: Sequence[int], within: int | None = None) -> array[int]:
    """The addresses of a term, ascending. Bytes are woven, not numbers counted.

    Args:
        slots: all slots of the term.
        within: the set of slots that are asked for, by default all.

    Raises:
        ValueError, LookupError, OverflowError, zlib.error: the bytes are damaged, or belong to other slots.
    """
    mark, body = packed[0], packed[1:]
    if mark & _DEFLATED:
        body = zlib.decompress(body, wbits=-15)
    counts = b"\1" * len(slots)
    if mark & _COUNTED:
        counts, body = body[: len(slots)], body[len(slots) :]
    half = len(body) // 2
    low, high = body[:half], body[half:]
    if within is not None and _PICKED * within.bit_count() < len(slots):
        slots, counts, (low, high) = _picked(slots_of(within), slots, counts, (low, high))
    listed = list(slots if len(low) == len(slots) else chain.from_iterable(map(repeat, slots, counts)))
    above = little(array("H", listed)).tobytes()
    woven = bytearray(4 * len(listed))
    woven[0::4], woven[1::4], woven[2::4], woven[3::4] = low, high, above[0::2], above[1::2]
    found = array("I")
    found.frombytes(woven)
    return little(found)


def _picked(
    wanted: Sequence[int], slots: Sequence[int], counts: bytes, halves: Sequence[bytes]
) -> tuple[list[int], bytes, list[bytes]]:
    """What belongs to the slots that are wanted, of slots, counts and halves of places."""
    ends = list(accumulate(counts))
    places = [place for place in (bisect_left(slots, slot) for slot in wanted) if place < len(slots)]
    places = [place for place, slot in zip(places, wanted, strict=False) if slots[place] == slot]
    cuts = [slice(ends[place] - counts[place], ends[place]) for place in places]
    return (
        [slots[place] for place in places],
        bytes(counts[place] for place in places),
        [b"".join([half[cut] for cut in cuts]) for half in halves],
    )


def later(addresses: array[int], step: int) -> array[int]:
    """Addresses so many places on: added as one number, for no place is near the end of its 14 bits."""
    order: Literal["little", "big"] = "big" if sys.byteorder == "big" else "little"
    steps = int.from_bytes((array("I", [step]) * len(addresses)).tobytes(), order)
    found = array("I")
    found.frombytes((int.from_bytes(addresses.tobytes(), order) + steps).to_bytes(4 * len(addresses), order))
    return found


def _halves(data: bytes) -> array[int]:
    found = array("H")
    found.frombytes(data)
    return little(found)


def little(numbers: array[int]) -> array[int]:
    """The low byte stands first, whatever the machine: an archive may move to another."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
