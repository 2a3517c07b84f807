"""How a sealed segment of the index packs what it knows of one term: in which articles, and at which places.

A segment numbers its articles from 0, oldest first: their slots. A set of slots is handled as one whole
number, bit n for slot n: Python combines such numbers at the speed of C, and counts their bits. A place is
`field << 14 | position`, in 16 bits; an address `slot << 16 | place`. Pure.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, compress, repeat

FIELD_BITS = 14  # positions within a field are below storage.documents.LIMITS, so below 16,384
MAX_SLOTS = 1 << 16
_LIST, _SQUEEZED, _PLAIN = b"\0", b"\1", b"\2"  # first byte of a packed set
_SHORT = 24  # slots; a longer list is rarely smaller than the squeezed bits
_COUNTED, _DEFLATED = 1, 2  # marks in the first byte of packed places
_WORTH = 40  # bytes from which squeezing is tried
_ONES = bytes.maketrans(b"01", b"\0\1")
_FEW = 40  # bits picked one by one


def pack_slots(slots: Sequence[int], size: int) -> bytes:
    """A set of slots below `size`, ascending, in the shortest of three forms."""
    listed = _LIST + _little(array("H", slots)).tobytes()
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
    halves = _little(array("H", [address & 0xFFFF for address in addresses])).tobytes()
    body, mark = halves[0::2] + halves[1::2], 0  # all low bytes, then the high ones, which are much alike
    if len(counts) < len(addresses):
        body, mark = bytes(counts.values()) + body, _COUNTED
    if len(body) >= _WORTH:
        shorter = zlib.compress(body, 6, wbits=-15)
        if len(shorter) < len(body):
            body, mark = shorter, mark | _DEFLATED
    return bytes([mark]) + body


def unpack_addresses(packed: bytes, slots: Sequence[int]) -> list[int]:
    """The addresses of a term, ascending; `slots` are all its slots.

    Raises:
        ValueError, zlib.error: the bytes are damaged, or belong to other slots.
    """
    mark, body = packed[0], packed[1:]
    if mark & _DEFLATED:
        body = zlib.decompress(body, wbits=-15)
    of_each: Iterable[int] = slots
    if mark & _COUNTED:
        of_each = chain.from_iterable(map(repeat, slots, body[: len(slots)]))
        body = body[len(slots) :]
    half = len(body) // 2
    halves = bytearray(2 * half)
    halves[0::2], halves[1::2] = body[:half], body[half:]
    return [slot << 16 | place for slot, place in zip(of_each, _halves(bytes(halves)), strict=True)]


def _halves(data: bytes) -> array[int]:
    found = array("H")
    found.frombytes(data)
    return _little(found)


def _little(numbers: array[int]) -> array[int]:
    """The low byte stands first, whatever the machine: an archive may move to another."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
