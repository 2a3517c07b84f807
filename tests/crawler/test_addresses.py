"""Which addresses may be connected to, however they are spelt."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.politeness.addresses import forbidden, is_local_name, literal_address


@pytest.mark.parametrize(
    "spelling",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0177.1",
        "017700000001",
        "127.0.0.1.",
        "[::1]",
        "::1",
        "0:0:0:0:0:0:0:1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "::ffff:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "2002:7f00:1::",
        "１２７.０.０.１",
        "127。0。0。1",
        "0X7F000001",
        "127.0x1",
        "127.255.255.254",
    ],
)
def test_this_machine_in_every_spelling(spelling: str) -> None:
    address = literal_address(spelling)
    assert address is not None
    assert forbidden(address) == "loopback"


@pytest.mark.parametrize(
    ("spelling", "reason"),
    [
        ("0.0.0.0", "unspecified"),
        ("0", "unspecified"),
        ("[::]", "unspecified"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("100.127.255.254", "private"),
        ("198.18.0.1", "private"),
        ("192.0.2.1", "private"),
        ("240.0.0.1", "private"),
        ("255.255.255.255", "private"),
        ("169.254.169.254", "link_local"),
        ("2852039166", "link_local"),
        ("fe80::1%eth0", "link_local"),
        ("[fe80::1]", "link_local"),
        ("fc00::1", "private"),
        ("fd12:3456::1", "private"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::a9fe:a9fe", "link_local"),
        ("2001:db8::1", "private"),
        ("8.8.8.8", None),
        ("93.184.216.34", None),
        ("172.32.0.1", None),
        ("2606:2800:220:1::1", None),
        ("::ffff:8.8.8.8", None),
    ],
)
def test_ranges(spelling: str, reason: str | None) -> None:
    address = literal_address(spelling)
    assert address is not None
    assert forbidden(address) == reason


@pytest.mark.parametrize(
    "name",
    ["presse.example", "127.0.0.1.presse.example", "1.2.3.4.5", "256.1.1.1.1", "0x", "0xg", "08.1", "", "a",
     "1..2", "-1", "4294967296", "127.0.0.256", "١٢٧.example"],
)  # fmt: skip
def test_names_are_no_addresses(name: str) -> None:
    if name == "0x":
        assert literal_address(name) == ip_address("0.0.0.0")  # as inet_aton reads it
    else:
        assert literal_address(name) is None


@pytest.mark.parametrize(
    ("name", "local"),
    [("localhost", True), ("LOCALHOST.", True), ("a.localhost", True), ("imprimante.local", True),
     ("metadata.google.internal", True), ("routeur.home.arpa", True), ("localhost.presse.example", False),
     ("local", False), ("presse.example", False)],
)  # fmt: skip
def test_names_that_mean_this_network(name: str, local: bool) -> None:
    assert is_local_name(name) is local


NUMBER = st.integers(0, 2**32).flatmap(
    lambda number: st.sampled_from([str(number), hex(number), f"0{number:o}", hex(number).upper()])
)


@given(st.lists(NUMBER, min_size=1, max_size=5).map(".".join))
def test_read_as_the_c_library_reads_it(text: str) -> None:
    """What the resolver would take for an address must not pass as a name."""
    try:
        expected = socket.inet_ntoa(socket.inet_aton(text))
    except OSError:
        assert literal_address(text) is None
    else:
        assert str(literal_address(text)) == expected


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    address = literal_address(text)
    if address is not None:
        forbidden(address)


@given(st.ip_addresses())
def test_every_address_has_an_answer(address: object) -> None:
    assert forbidden(address) in (None, "loopback", "unspecified", "multicast", "link_local", "private")  # type: ignore[arg-type]
