"""Which network addresses a fetch may connect to: public ones, whatever way they are written.

The check is made on the address a socket is about to connect to, so neither a name that resolves
to a private address nor a redirect gets past it. Python's ``is_global`` calls IPv4-mapped, NAT64 and 6to4
addresses global without looking at the IPv4 address inside (RFC 4291, RFC 6052, RFC 3056).
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.sources import networks

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_NOT_GLOBAL = tuple(map(ip_network, ("192.0.0.0/24", "168.63.129.16/32", "fec0::/10", "3fff::/20", "64:ff9b:1::/48")))
"""What Python 3.11 calls global and is not: special purposes (RFC 6890), Azure's inside, site-local (RFC 3879), documentation
(RFC 9637) and a network's own NAT64 (RFC 8215)."""

_RECEIVED = 65_536
"""Bytes that wait for the event loop at most: a flood of tiny chunks or interim answers takes it long to look through."""

AddressInfo = tuple[int, int, int, str, tuple[object, ...]]
Permission = Callable[[str, int], bool]
"""Whether an address, as digits, and a port may be connected to."""


def is_public(address: str, port: int = 443) -> bool:
    """True for an address on the public internet; False for what is no address at all."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(found) if isinstance(found, IPv6Address) else None
    if inner and found in _NAT64:
        return _global(inner)  # the one way to IPv4 from a network that has none
    return _global(found) and (inner is None or _global(inner))


def permission(private: str) -> Permission:
    """Public addresses, and those that an operator names beside them; see ``bot.sources.networks``."""
    named = networks(private)

    def permitted(address: str, port: int) -> bool:
        return is_public(address, port) or any(_within(address, network) and own in (None, port) for network, own in named)

    return permitted


def _within(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address.partition("%")[0]) in network
    except ValueError:
        return False


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _global(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in network for network in _NOT_GLOBAL)
    return address.is_global and not special


class NotPublic(OSError):
    """A connection was about to be made to an address that is not public."""


def guarded_socket(permitted: Permission) -> Callable[[AddressInfo], socket.socket]:
    """A socket factory for aiohttp that refuses, before connecting, what ``permitted`` does not let through."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = info
        if not permitted(str(where[0]), int(str(where[1]))):
            raise NotPublic("not a public address")  # the same words for each address of a host, so that it is told as one
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED)
        return made

    return make


class Names(AbstractResolver):
    """Looks names up in threads of its own: a name server that is slow to answer, which can't be broken off, holds up other names
    at most, and nothing of what else is done in threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS, "names")

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """See ``AbstractResolver``. Raises ``OSError``."""
        ask = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=kind, proto=protocol, flags=numeric)
            for kind, _, protocol, _, where in found
        ]

    async def close(self) -> None:
        """Forget the look-ups that have not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)


_LOOKUPS = 32
