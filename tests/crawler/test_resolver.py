"""Addresses are checked where names become addresses, and only public ones are handed on."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.politeness import resolver as module
from crawler.politeness.bounds import OutOfBounds, check
from crawler.politeness.resolver import GuardedResolver, refused_address


class Names:
    """A name service that answers from a table, one answer a question: the network this is tried on."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(lists) for name, lists in answers.items()}

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any) -> Any:
        receiver.resolutionBegan(None)
        answers = self.answers[name]
        for address in answers.pop(0) if len(answers) > 1 else answers[0]:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


class Endpoint:
    """What Twisted would connect to."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


@pytest.fixture(autouse=True)
def _no_cache() -> Iterator[None]:
    dnscache.clear()
    yield
    dnscache.clear()


def guarded(cache: int = 0, **answers: list[list[str]]) -> GuardedResolver:
    return GuardedResolver(SimpleNamespace(nameResolver=Names(**answers)), cache)  # type: ignore[arg-type]


def asked(resolver: GuardedResolver, name: str) -> list[str]:
    endpoint = Endpoint()
    resolver.resolveHostName(endpoint, name, 80)  # type: ignore[arg-type]
    assert endpoint.complete
    return endpoint.addresses


def test_public_addresses_pass() -> None:
    resolver = guarded(presse_example=[["93.184.216.34", "2606:2800:220:1::1"]])
    assert asked(resolver, "presse.example") == ["93.184.216.34", "2606:2800:220:1::1"]
    assert resolver.refused("presse.example") is None


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",
     "224.0.0.1", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_private_addresses_are_kept_back_and_named(address: str) -> None:
    resolver = guarded(presse_example=[[address]])
    assert asked(resolver, "presse.example") == []
    assert str(resolver.refused("presse.example")).startswith(address.partition("%")[0])


def test_of_both_kinds_only_the_public_one_passes() -> None:
    resolver = guarded(presse_example=[["10.0.0.1", "93.184.216.34"]])
    assert asked(resolver, "presse.example") == ["93.184.216.34"]


def test_a_name_that_changes_its_address_gains_nothing() -> None:
    rebinding = {"presse_example": [["93.184.216.34"], ["127.0.0.1"]]}
    cached = guarded(100, **rebinding)
    assert asked(cached, "presse.example") == asked(cached, "presse.example") == ["93.184.216.34"]
    dnscache.clear()
    fresh = guarded(0, **rebinding)
    assert asked(fresh, "presse.example") == ["93.184.216.34"]
    assert asked(fresh, "presse.example") == []


def test_a_private_address_in_the_cache_is_checked_too() -> None:
    resolver = guarded(100, presse_example=[["127.0.0.1"]], autre_example=[["127.0.0.1"]])
    resolver.open_for("presse", "presse.example")
    assert asked(resolver, "presse.example") == ["127.0.0.1"]
    assert asked(resolver, "autre.example") == []


def test_an_open_host_is_open_for_its_site_only() -> None:
    resolver = guarded(presse_example=[["10.0.0.1"]])
    resolver.open_for("presse", "PRESSE.example.")
    assert asked(resolver, "presse.example") == ["10.0.0.1"]
    assert resolver.may_ask("presse", "presse.example")
    assert not resolver.may_ask("autre", "presse.example")
    assert resolver.may_ask("autre", "autre.example")


def test_which_error_means_that_an_address_was_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = guarded(presse_example=[["10.0.0.1"]], autre_example=[[]])
    monkeypatch.setattr(module, "guard", lambda: resolver)
    asked(resolver, "presse.example")
    asked(resolver, "autre.example")
    url = "https://presse.example/a"
    assert refused_address(CannotResolveHostError("x"), url) == "10.0.0.1 (private)"
    assert refused_address(CannotResolveHostError("x"), "https://autre.example/") is None
    assert refused_address(DownloadTimeoutError("x"), url) is None


class Site:
    """As much of a spider as the bounds look at."""

    def __init__(self, *hosts: str, allow_private: bool = False, ports: tuple[int, ...] = (80, 443)) -> None:
        self._hosts = hosts
        self._ports = set(ports)
        self.allow_private = allow_private

    def is_own_host(self, host: str) -> bool:
        return host in self._hosts

    def own_ports(self) -> set[int]:
        return self._ports


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://presse.example/a", None),
        ("http://presse.example:80/a", None),
        ("http://presse.example:443/a", None),
        ("https://presse.example:8443/a", "port"),
        ("http://presse.example:22/", "port"),
        ("https://autre.example/", "offsite"),
        ("https://presse.example.evil.invalid/", "offsite"),
        ("https://nom:secret@presse.example/", "credentials"),
        ("https://presse.example@127.0.0.1/", "credentials"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://presse.example/", "scheme"),
        ("data:text/html,x", "scheme"),
        ("https:///a", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://presse.example:99999/", "bad_url"),
        ("http://127.0.0.1/", "forbidden_address"),
        ("http://127.1:8000/", "forbidden_address"),
        ("http://2130706433/", "forbidden_address"),
        ("http://[::ffff:127.0.0.1]/", "forbidden_address"),
        ("http://169.254.169.254/latest/meta-data/", "forbidden_address"),
        ("http://localhost/", "forbidden_address"),
        ("http://metadata.google.internal/", "forbidden_address"),
    ],
)
def test_bounds_of_a_public_site(url: str, reason: str | None) -> None:
    site: Any = Site("presse.example")
    if reason is None:
        assert check(url, site) == "presse.example"
    else:
        with pytest.raises(OutOfBounds) as caught:
            check(url, site)
        assert caught.value.reason == reason


def test_bounds_of_a_site_on_loopback() -> None:
    site: Any = Site("127.0.0.1", allow_private=True, ports=(8765,))
    assert check("http://127.0.0.1:8765/", site) == "127.0.0.1"
    for url, reason in {
        "http://127.0.0.1:9000/": "port",
        "http://127.0.0.1/": "port",
        "http://127.1:8765/": "forbidden_address",  # not the spelling that was declared
        "http://10.0.0.1:8765/": "forbidden_address",
        "https://presse.example/": "offsite",
    }.items():
        with pytest.raises(OutOfBounds) as caught:
            check(url, site)
        assert caught.value.reason == reason, url


def test_a_robots_txt_may_lead_to_another_public_host_on_its_usual_port() -> None:
    site: Any = Site("presse.example")
    assert check("https://autre.example/robots.txt", site, anywhere=True) == "autre.example"
    for url, reason in {
        "http://10.0.0.1/robots.txt": "forbidden_address",
        "https://autre.example:9000/robots.txt": "port",
        "file:///robots.txt": "scheme",
    }.items():
        with pytest.raises(OutOfBounds) as caught:
            check(url, site, anywhere=True)
        assert caught.value.reason == reason, url
