"""Checks addresses where names become addresses: at connect time, once, for every hop.

Twisted connects to exactly the addresses that the resolver hands it, so a name that resolves to a public
address first and to a private one later (rebinding) gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.politeness.addresses import forbidden

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase
    from twisted.internet.interfaces import IAddress, IHostResolution


class GuardedResolver(CachingHostnameResolver):
    """The process's resolver (setting TWISTED_DNS_RESOLVER): it keeps private addresses to itself.

    A host is open when a site with `allow_private` owns it. One resolver serves all sites of the process;
    that no other site may ask for an open host is seen to by crawler.politeness.bounds.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self._open: dict[str, set[str]] = {}
        self._refused: dict[str, str] = {}

    def open_for(self, site: str, host: str) -> None:
        """This site may reach this host whatever its address."""
        self._open.setdefault(_name(host), set()).add(site)

    def may_ask(self, site: str, host: str) -> bool:
        """False where a host is open, but for other sites only."""
        sites = self._open.get(_name(host))
        return sites is None or site in sites

    def refused(self, host: str) -> str | None:
        """Why the addresses of a host were kept back, e.g. "10.0.0.1 (private)"; None if they were not."""
        return self._refused.get(_name(host))

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver: Any = resolutionReceiver
        if _name(hostName) not in self._open:
            receiver = _PublicOnly(resolutionReceiver, _name(hostName), self._refused)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on and notes the others."""

    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:
        self._receiver = receiver
        self._host = host
        self._refused = refused
        refused.pop(host, None)

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        reason = forbidden(ip_address(str(address.host).partition("%")[0]))
        if reason is None:
            self._receiver.addressResolved(address)
        else:
            self._refused[self._host] = f"{address.host} ({reason})"

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


def _name(host: str) -> str:
    host = host.strip("[]").removesuffix(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def guard() -> GuardedResolver:
    """The resolver that this process's reactor uses.

    Raises:
        RuntimeError: the reactor has another one, so nothing would keep private addresses out.
    """
    from twisted.internet import reactor

    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        raise RuntimeError(
            f"TWISTED_DNS_RESOLVER is not {GuardedResolver.__qualname__}: addresses go unchecked"
        )
    return resolver


def refused_address(error: BaseException, url: str) -> str | None:
    """Which address was kept back where this error of a request means that; else None."""
    if not isinstance(error, CannotResolveHostError):
        return None
    from urllib.parse import urlsplit

    return guard().refused(urlsplit(url).hostname or "")
