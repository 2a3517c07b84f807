"""Which addresses the crawler may connect to: public ones, unless a site's declaration allows private ones.

A page can link or redirect anywhere, and a name can resolve to anything. Without this a site could make the
crawler read the machine's own services, its network, or a cloud's metadata service.
"""

from __future__ import annotations

import unicodedata
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def forbidden(address: Address) -> str | None:
    """Why an address is not for the public internet, in one word; None for a public one."""
    address = _inner(address)
    if address.is_loopback:
        return "loopback"
    if address.is_unspecified:
        return "unspecified"
    if address.is_multicast:
        return "multicast"
    if address.is_link_local:
        return "link_local"
    return None if address.is_global else "private"


def literal_address(host: str) -> Address | None:
    """The address that a host of a URL spells out; None for a name.

    All spellings that resolvers read: "127.1", "2130706433", "0x7f000001", "0177.0.0.1" (inet_aton),
    "::ffff:127.0.0.1", with or without brackets or zone, full-width digits, a final dot.
    """
    host = unicodedata.normalize("NFKC", host).replace("\u3002", ".")  # the dot that IDNA reads as one
    host = host.strip("[]").removesuffix(".").partition("%")[0]
    try:
        return ip_address(host)
    except ValueError:
        return _short_ipv4(host)


def is_local_name(host: str) -> bool:
    """Whether a name means this machine or its network without asking (RFC 6761, RFC 6762, RFC 8375)."""
    host = host.lower().removesuffix(".")
    return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".home.arpa"))


def _short_ipv4(host: str) -> IPv4Address | None:
    """One to four numbers, each decimal, octal or hexadecimal; the last fills what is left."""
    numbers: list[int] = []
    for part in host.split("."):
        number = _number(part)
        if number is None:
            return None
        numbers.append(number)
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]):
        return None
    places = 5 - len(numbers)  # bytes that the last number fills
    if numbers[-1] >= 256**places:
        return None
    value = numbers[-1]
    for position, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - position))
    return IPv4Address(value)


def _number(text: str) -> int | None:
    text = text.lower()
    try:
        if not text.isascii() or not text.isalnum() or len(text) > 40:
            return None
        if text.startswith("0x"):
            return int(text[2:] or "0", 16)
        return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)
    except ValueError:
        return None


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return address
