"""Which addresses may be connected to: global unicast, and what the operator has named; nothing else.

Asked by ``connect`` with every address that a name resolved to, before a socket is opened. An IPv6 address that carries
an IPv4 one is judged by what it carries. Pure.

Sources: the IANA special-purpose registries of IPv4 and IPv6 (RFC 6890 and its updates), RFC 6052 (NAT64), RFC 3056
(6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP), RFC 6598 (CGNAT).
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)

from kingpost import InvalidRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class _Networks:
    """Networks of both versions. Asked once for each new host, of which an event may have ten thousand."""

    def __init__(self, networks: Iterable[Network]) -> None:
        many = list(networks)
        self._four = _spans(collapse_addresses(one for one in many if isinstance(one, IPv4Network)))
        self._six = _spans(collapse_addresses(one for one in many if isinstance(one, IPv6Network)))

    def __contains__(self, address: Address) -> bool:
        firsts, lasts = self._four if isinstance(address, IPv4Address) else self._six
        number = int(address)
        index = bisect_right(firsts, number) - 1
        return index >= 0 and number <= lasts[index]


def _spans(networks: Iterable[Network]) -> tuple[list[int], list[int]]:
    ordered = sorted((int(one.network_address), int(one.broadcast_address)) for one in networks)
    return [first for first, _ in ordered], [last for _, last in ordered]


_CLOSED = _Networks(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
_OPEN_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = {0x00005EFE, 0x02005EFE}
_NEVER = _Networks(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "224.0.0.0/3", "100.100.100.200/32", "::/128", "fe80::/10",
        "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128",
    )
)  # fmt: skip
"""What no name opens: this host, link-local and the metadata services of clouds. Only a network that is written out."""


class Guard:
    """What may be reached. ``allow`` names internal networks (``10.1.0.0/16``) and hosts (``*.hooks.internal``)."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        networks: list[Network] = []
        self._hosts: list[str] = []
        self.named = lru_cache(16_384)(self._named)
        """Whether the operator has named a host, or an address that it spells out."""
        for entry in allow:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or not entry.strip():
                    raise InvalidRequest(f"allow: {entry!r} is neither a network nor a host name") from None
                self._hosts.append(entry.lower().rstrip("."))
        self._networks = _Networks(networks)

    def allows(self, address: Address, host: str = "") -> bool:
        """Whether an address may be connected to, for a URL that names ``host``."""
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        if address in self._networks:
            return True
        carried = embedded(address)
        if carried is not None:
            # The compatible form was given up (RFC 4291, section 2.5.5.1): nothing honest uses it.
            return address not in _COMPATIBLE and self.allows(carried, host)
        if is_global(address):
            return True
        return self._matches(host) and address not in _NEVER

    def _named(self, host: str) -> bool:
        if self._matches(host):
            return True
        address = spelled(host.strip("[]"))
        return address is not None and address in self._networks

    def _matches(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        return any(fnmatchcase(name, pattern) for pattern in self._hosts)


@lru_cache(16_384)
def spelled(host: str) -> Address | None:
    """The address that a host spells out, ``None`` where it is a name."""
    if ":" in host:
        try:
            return ip_address(host)
        except ValueError:
            return None
    try:
        # Takes four decimal numbers and nothing else, a sixth of the time that ip_address takes for it.
        return IPv4Address(socket.inet_pton(socket.AF_INET, host))
    except (OSError, ValueError):
        return None


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries: mapped, compatible, NAT64 or ISATAP."""
    if not isinstance(address, IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    low = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return low
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP and not is_global(low):
        return low
    return None


def is_global(address: Address) -> bool:
    """Whether an address is unicast on the public internet."""
    return (isinstance(address, IPv4Address) or address in _OPEN_6) and address not in _CLOSED
