"""Which addresses may be connected to: every spelling of those that may not."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import InvalidRequest, Unavailable
from kingpost.testing import SeededClock, seeded_ports
from kingpost_webhooks.connect import Connector
from kingpost_webhooks.guard import Guard, embedded, is_global
from kingpost_webhooks.resolve import Forbidden, Resolver
from kingpost_webhooks.target import target

INSIDE = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255",
)  # fmt: skip
INSIDE_6 = (
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "ff02::1", "2001:db8::1", "3fff::1",
    "2001::1", "2001:10::1", "2001:20::1", "64:ff9b:1::1", "100::1", "5f00::1", "2002:808:808::1", "::8.8.8.8",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1", "169.253.0.1")
OUTSIDE_6 = ("2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8")


@pytest.mark.parametrize("text", [*INSIDE, *INSIDE_6])
def test_what_is_not_on_the_public_internet_is_closed(text: str) -> None:
    assert not Guard().allows(ip_address(text))


@pytest.mark.parametrize("text", [*OUTSIDE, *OUTSIDE_6])
def test_what_is_public_is_open(text: str) -> None:
    assert Guard().allows(ip_address(text))


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_closed_however_ipv6_carries_it(text: str) -> None:
    """Mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    inner = int(IPv4Address(text))
    spelled = [
        IPv6Address(0xFFFF_0000_0000 | inner),
        IPv6Address(inner),
        IPv6Address((0x64_FF9B << 96) | inner),
        IPv6Address((0x2002 << 112) | (inner << 80) | 1),
        IPv6Address((0x2001_0000 << 96) | (0x0808_0808 << 64) | (inner ^ 0xFFFF_FFFF)),
        IPv6Address((0x2606_4700 << 96) | (0x5EFE << 32) | inner),
        IPv6Address((0x2606_4700 << 96) | (0x0200_5EFE << 32) | inner),
    ]

    assert not [str(address) for address in spelled if Guard().allows(address)]


@given(st.ip_addresses(v=4))
def test_ours_is_never_more_open_than_pythons_own_registry(address: IPv4Address) -> None:
    """Differential: what Python calls private, reserved or multicast is closed here too."""
    if is_global(address):
        assert address.is_global or str(address).startswith("192.0.0.")
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=6))
def test_nothing_of_ipv6_is_open_that_python_calls_private(address: IPv6Address) -> None:
    if Guard().allows(address):
        judged = embedded(address) or address
        assert judged.is_global
        assert not judged.is_multicast


def test_the_operator_can_name_what_is_inside() -> None:
    guard = Guard(["10.1.0.0/16", "*.hooks.internal", "fd12::/16"])

    assert guard.allows(ip_address("10.1.2.3"))
    assert guard.allows(ip_address("::ffff:10.1.2.3"))
    assert not guard.allows(ip_address("10.2.2.3"))
    assert guard.allows(ip_address("192.168.7.7"), "a.hooks.internal")
    assert not guard.allows(ip_address("192.168.7.7"), "hooks.internal.example.org")
    assert guard.allows(ip_address("fd12::7"))


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "168.63.129.16", "224.0.0.1", "0.0.0.0", "fe80::1", "fd00:ec2::254"]
)
def test_no_name_opens_metadata_or_link_local(text: str) -> None:
    """Only a network that is written out does."""
    assert not Guard(["*.hooks.internal"]).allows(ip_address(text), "a.hooks.internal")


def test_an_address_with_a_zone_is_closed() -> None:
    assert not Guard(["::/0"]).allows(IPv6Address("fe80::1%eth0"))


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "not/anything", " "])
def test_a_list_that_means_nothing_is_refused(entry: str) -> None:
    with pytest.raises(InvalidRequest):
        Guard([entry])


@pytest.mark.parametrize(
    "host",
    [
        "127.1", "127.0.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001", "localhost", "127.0.0.1", "::1",
        "017700000001", "127.0.0.1.", "localhost.", "LOCALHOST", "0", "0.0", "00000000000", "0x0", "127.0.0.01",
        "0300.0250.1.1", "0xc0a80101", "3232235777", "192.168.257", "10.1", "0xa9fea9fe", "169.254.43518", "2852039166",
        "0251.0376.0251.0376", "172.16.1", "0x64.0x40.0.1", "4294967295", "::ffff:127.0.0.1", "::ffff:7f00:1",
        "0:0:0:0:0:ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:808:808::80ff:fffe", "::127.0.0.1", "fe80::1", "fd00:ec2::254",
        "ff02::1", "2001:db8::1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "100.100.100.200",
        "fe80::1%lo", "::1%lo",
    ],
)  # fmt: skip
async def test_every_spelling_of_what_is_inside_is_closed(host: str, tmp_path: Path) -> None:
    """Octal, hexadecimal, short and decimal forms, which resolvers understand, and IPv6 that carries one."""
    resolver = Resolver(Guard(), seeded_ports(0, tmp_path).clock)
    try:
        with pytest.raises((Forbidden, Unavailable)):
            await resolver.addresses(host, 443)
    finally:
        resolver.stop()


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://example.com/", "https://", "https:///path", "https://user@example.com/", "https://u:p@example.com",
        "https://example.com:0/", "https://example.com:99999/", "https://example.com/#part", "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/", "https://ex\u00e4mple.com/", "https://[::1%25eth0]/", "javascript:alert(1)",
        "https://example.com/\r\nX: y", "//example.com/", "https://[::1/", "http://exa%6dple.com/",
        "https://\u2460\u2461\u2466.0.0.1/", "https://\uff11\uff12\uff17.0.0.1/", "https://127\u30020\u30020\u30021/",
        "https://example.com@127.0.0.1/", "https://127.0.0.1@example.com/", "https://@example.com/",
        "https:example.com",
        "https:/example.com/", "https://example.com:443:80/", "https://example.com:-1/", "https://example.com:4 43/",
        "https://example.com:\uff14/", "https://[fe80::1%25eth0]/", "https://[::1]x/", "https://[::1]:x/",
        "file:///etc/x", "gopher://example.com/", "https://example.com/\t", "https://example.com\x00.inside/", "https://\u0131nside/",
        "https://0177.0.0.1/", "https://127.1/", "https://0x7f.1/", "https://2130706433/", "https://127.0.0.01/",
        "https://0x7f000001:8443/", "https://127.0.0.1./", "https://256.0.0.1/", "https://1.2.3.4.5/", "https://0/",
        "https://0x/", "https://inside.0x7f/", "https://10.1", "http://017700000001/", "https://00.0.0.0/",
        "unix:///run/x.sock", "https://[v1.x]/", "https://[]/", "https://example.com?@inside/\\",
    ],
)  # fmt: skip
def test_a_url_that_two_readers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest):
        target(url)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Names and what the system says of them, one time after the other; the last answer stays."""
    known: dict[str, list[list[str]]] = {}

    def answered(host: str, port: int, **_: object) -> list[object]:
        answers = known[host]
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in said]

    monkeypatch.setattr("kingpost_webhooks.resolve.socket.getaddrinfo", answered)
    return known


@pytest.mark.parametrize(
    "said",
    [["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"], ["2606:4700::1", "::1"], ["1.1.1.1", "::ffff:127.0.0.1"]],
)
async def test_a_name_with_one_bad_address_is_not_connected_to_at_all(
    names: dict[str, list[list[str]]], said: list[str], tmp_path: Path
) -> None:
    """Which of them is tried would be luck."""
    names["two.example"] = [said]
    resolver = Resolver(Guard(), seeded_ports(0, tmp_path).clock)
    try:
        with pytest.raises(Forbidden):
            await Connector(resolver).connect(target("https://two.example/"))
    finally:
        resolver.stop()


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    names: dict[str, list[list[str]]], tmp_path: Path
) -> None:
    """A name that turns inside right behind the check is asked once, and not again while the answer is kept."""
    taken: asyncio.Queue[bytes] = asyncio.Queue()

    class Taking(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            taken.put_nowait(data)

    loop, clock = asyncio.get_running_loop(), SeededClock()
    server = await loop.create_server(Taking, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    names["turns.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    resolver = Resolver(Guard(["127.0.0.1/32"]), clock)
    to = target(f"https://turns.example:{port}/")
    try:
        for _ in range(2):
            assert [str(one) for one in await resolver.addresses(to.host, to.port)] == ["127.0.0.1"]
        await clock.advance(31)
        with pytest.raises(Forbidden):
            await resolver.addresses(to.host, to.port)
        names["turns.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        connecting = asyncio.create_task(Connector(resolver).connect(to))
        async with asyncio.timeout(30):
            first = await taken.get()
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
    finally:
        server.close()
        resolver.stop()

    assert b"turns.example" in first, "TLS asks for the name"
    assert names["turns.example"] == [["127.0.0.2"]], "it was asked once"


def test_a_url_is_taken_apart_once() -> None:
    found = target("https://Hooks.Example.com:8443/in?a=1&b=2")

    assert (found.secure, found.host, found.port, found.path) == (True, "hooks.example.com", 8443, "/in?a=1&b=2")
    assert found.authority == "hooks.example.com:8443"
    assert target("http://[2606:4700::1]").authority == "[2606:4700::1]"
    for host in ("1.2.3.4", "255.249.199.10", "0.0.0.0", "1.example", "0x7f.example.com", "a-1", "x.0y", "1e3"):
        assert target(f"https://{host}/").host == host
