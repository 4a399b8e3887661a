"""What may come in over the wire, as a real server meets it: the right refusal, no work, and never a 5xx.

One server for all of them. Every request goes over a connection of its own, byte for byte as it stands here; what is
signed is signed rightly, unless the row says otherwise.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
import signal
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from .conftest import Shell

SECRET, KEY = "a shared secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
BODY = b'{"type":"crane.moved","number":7,"id":"evt_1","event_id":"Ev1"}'
LARGEST = 25_000_000

_SCHEMES = {
    "github": "github", "gitlab": "gitlab", "standard": "standard", "svix": "svix", "stripe": "stripe",
    "slack": "slack", "linear": "linear", "sentry": "sentry", "jenkins": "jenkins", "azure": "azure-devops",
    "generic": "generic",
}  # fmt: skip

Pairs = list[tuple[str, str | bytes]]
Row = Callable[[], tuple[str, Pairs, bytes]]


@dataclass
class Server:
    """A server that accepts and does no work, and what it has answered."""

    shell: Shell
    port: int
    answered: list[int] = field(default_factory=list)

    def raw(self, sent: bytes, *, close: bool = False) -> tuple[int, dict[str, Any]]:
        """Bytes as they are, and the status with the document that came back; 0 if nothing did."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            came = b""
            with suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(sent)
                if close:
                    return 0, {}
                while chunk := connection.recv(65536):
                    came += chunk
        if not came:
            return 0, {}
        head, _, body = came.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
        self.answered.append(int(head[:3]))
        return int(head[:3]), json.loads(body) if body[:1] == b"{" else {}

    def post(self, source: str, headers: Pairs, body: bytes) -> tuple[int, dict[str, Any]]:
        """A delivery."""
        lines = [
            f"POST /v1/hooks/{source} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close",
            f"Content-Length: {len(body)}",
        ]  # fmt: skip
        head = "\r\n".join(lines).encode() + b"\r\n"
        for name, value in headers:
            head += name.encode() + b": " + (value.encode() if isinstance(value, str) else value) + b"\r\n"
        return self.raw(head + b"\r\n" + body)

    def work(self) -> list[str]:
        """The origins of all tasks there are."""
        tasks = self.shell.look("tasks", "--limit", "1000", "--json").json["tasks"]
        return sorted(task["origin"] for task in tasks)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    shell = Shell(tmp_path_factory.mktemp("attacked"))
    settings = ""
    for name, scheme in _SCHEMES.items():
        secret = KEY if scheme in {"standard", "svix"} else SECRET
        more = f', "{KEY}"' if scheme == "gitlab" else ""
        settings += f'[webhooks.sources.{name}]\nscheme = "{scheme}"\nsecrets = ["{secret}"{more}]\n'
        settings += f'[[webhooks.sources.{name}.rules]]\ndescription = "Look at {{number}}"\n'
    shell.write("kingpost.toml", settings)
    process = shell.start("serve", "--port", "0", "--no-work")
    assert process.stderr is not None
    said: list[str] = []
    found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", process.stderr.readline())
    assert found
    reading = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    reading.start()
    made = Server(shell, int(found[1]))
    try:
        yield made
        assert made.post("github", _github(BODY, "last"), BODY)[0] == 202, "it is still there"
        assert not [status for status in made.answered if status >= 500]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        reading.join(timeout=60)
        assert process.stdout is not None
        process.stdout.close()
        process.stderr.close()
    assert not [line for line in said if "Traceback" in line or "failed" in line]


def _sum(content: bytes, key: bytes = SECRET.encode()) -> bytes:
    return hmac.digest(key, content, "sha256")


def _now(off: float = 0) -> str:
    return str(int(time.time() + off))


def _github(body: bytes, id: str = "d-1", **more: str | bytes) -> Pairs:
    pairs: Pairs = [("X-Hub-Signature-256", "sha256=" + _sum(body).hex()), ("X-GitHub-Delivery", id)]
    return [*pairs, ("X-GitHub-Event", "push"), *((name.replace("_", "-"), value) for name, value in more.items())]


def _standard(body: bytes, at: str | None = None, id: str = "d-1", kind: str = "webhook") -> Pairs:
    at = at or _now()
    content = f"{id}.{at}.".encode() + body
    signature = base64.b64encode(_sum(content, base64.b64decode(KEY[6:]))).decode()
    return [(f"{kind}-id", id), (f"{kind}-timestamp", at), (f"{kind}-signature", "v1," + signature)]


def _signature(body: bytes, change: Callable[[str], str], kind: str = "webhook") -> Pairs:
    *others, (name, value) = _standard(body, kind=kind)
    return [*others, (name, change(str(value)))]


def _stripe(body: bytes, form: str = "t={t},v1={v}", at: str | None = None) -> Pairs:
    at = at or _now()
    return [("Stripe-Signature", form.format(t=at, v=_sum(f"{at}.".encode() + body).hex()))]


def _slack(body: bytes, at: str | None = None, **more: str) -> Pairs:
    at = at or _now()
    signature = "v0=" + _sum(f"v0:{at}:".encode() + body).hex()
    pairs: Pairs = [("X-Slack-Request-Timestamp", at), ("X-Slack-Signature", signature)]
    return [*pairs, *((name.replace("_", "-"), value) for name, value in more.items())]


def _hexed(header: str, body: bytes) -> Pairs:
    return [(header, _sum(body).hex())]


def _linear(stamp: str) -> tuple[str, Pairs, bytes]:
    body = b'{"type":"Issue","webhookTimestamp":%b}' % stamp.encode()
    return "linear", _hexed("Linear-Signature", body), body


def _first(pairs: Pairs, change: Callable[[str], str | bytes]) -> Pairs:
    return [(pairs[0][0], change(str(pairs[0][1]))), *pairs[1:]]


def _plus() -> bytes:
    """A body whose signature has signs that Base64 for URLs writes differently."""
    for number in range(1000):
        body = b'{"number":%d}' % number
        if re.search(r"[+/]", str(_standard(body)[2][1])[3:]):
            return body
    raise AssertionError


_FORM = "application/x-www-form-urlencoded"
_BOMB = gzip.compress(bytes(20_000_000), mtime=0)

SIGNATURES: dict[str, tuple[int, Row]] = {
    "tampered": (401, lambda: ("github", _github(BODY), BODY.replace(b"7", b"8"))),
    "cut": (401, lambda: ("github", _github(BODY), BODY[:-1])),
    "longer": (401, lambda: ("github", _github(BODY), BODY + b" ")),
    "unsigned": (401, lambda: ("github", [], BODY)),
    "sha1 only": (401, lambda: (
        "github", [("X-Hub-Signature", "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest())], BODY)),
    "empty": (401, lambda: ("github", _first(_github(BODY), lambda _: ""), BODY)),
    "prefix only": (401, lambda: ("github", _first(_github(BODY), lambda _: "sha256="), BODY)),
    "no prefix": (401, lambda: ("github", _first(_github(BODY), lambda v: v[7:]), BODY)),
    "shorter": (401, lambda: ("github", _first(_github(BODY), lambda v: v[:-2]), BODY)),
    "longer one": (401, lambda: ("github", _first(_github(BODY), lambda v: v + "00"), BODY)),
    "upper-case hex": (401, lambda: ("github", _first(_github(BODY), lambda v: "sha256=" + v[7:].upper()), BODY)),
    "joined": (401, lambda: ("github", _first(_github(BODY), lambda v: f"{v},{v}"), BODY)),
    "another's secret": (401, lambda: (
        "github", [("X-Hub-Signature-256", "sha256=" + _sum(BODY, b"").hex())], BODY)),
    "no ASCII": (400, lambda: ("github", _first(_github(BODY), lambda v: v.encode() + b"\xff"), BODY)),
    "twice": (400, lambda: ("github", [_github(BODY)[0], *_github(BODY)], BODY)),
    "twice, one wrong": (400, lambda: ("github", [("x-hub-signature-256", "sha256=00"), *_github(BODY)], BODY)),
    "folded": (400, lambda: ("github", _first(_github(BODY), lambda v: v[:20] + "\r\n " + v[20:]), BODY)),
    "standard base64 for URLs": (401, lambda: (
        "standard",
        _signature(_plus(), lambda v: "v1," + v[3:].replace("+", "-").replace("/", "_")), _plus())),
    "standard without padding": (401, lambda: ("standard", _signature(BODY, lambda v: v.rstrip("=")), BODY)),
    "standard in hex": (401, lambda: (
        "standard", _signature(BODY, lambda v: "v1," + base64.b64decode(v[3:]).hex()), BODY)),
    "standard v2": (401, lambda: ("standard", _signature(BODY, lambda v: "v2," + v[3:]), BODY)),
    "standard V1": (401, lambda: ("standard", _signature(BODY, lambda v: "V1," + v[3:]), BODY)),
    "standard taken for v1a": (401, lambda: ("standard", _signature(BODY, lambda v: "v1a," + v[3:]), BODY)),
    "standard joined by commas": (401, lambda: ("standard", _signature(BODY, lambda v: f"v1,AAAA,{v}"), BODY)),
    "standard without version": (400, lambda: ("standard", _signature(BODY, lambda v: v[3:]), BODY)),
    "standard many": (400, lambda: ("standard", _signature(BODY, lambda v: " ".join([v] * 100)), BODY)),
    "standard and svix mixed": (401, lambda: (
        "standard", [*_standard(BODY)[:2], _standard(BODY, kind="svix")[2]], BODY)),
    "standard without id": (401, lambda: ("standard", _standard(BODY)[1:], BODY)),
    "standard with empty id": (401, lambda: ("standard", _standard(BODY, id=""), BODY)),
    "standard with another id": (401, lambda: ("standard", [("webhook-id", "d-2"), *_standard(BODY)[1:]], BODY)),
    "stripe v0 only": (400, lambda: ("stripe", _stripe(BODY, "t={t},v0={v}"), BODY)),
    "stripe two times": (400, lambda: ("stripe", _stripe(BODY, "t={t},t={t},v1={v}"), BODY)),
    "stripe no time": (400, lambda: ("stripe", _stripe(BODY, "v1={v}"), BODY)),
    "stripe many": (400, lambda: ("stripe", _stripe(BODY, "t={t}" + ",v1=00" * 40 + ",v1={v}"), BODY)),
    "stripe empty": (401, lambda: ("stripe", [("Stripe-Signature", "")], BODY)),
    "stripe rubbish": (400, lambda: ("stripe", [("Stripe-Signature", ",,==,")], BODY)),
    "slack v1": (401, lambda: ("slack", [_slack(BODY)[0], ("X-Slack-Signature", "v1=00")], BODY)),
    "slack without time": (401, lambda: ("slack", _slack(BODY)[1:], BODY)),
    "slack challenge": (401, lambda: (
        "slack", [_slack(BODY)[0], ("X-Slack-Signature", "v0=00")], b'{"type":"url_verification","challenge":"x"}')),
    "gitlab token in another case": (401, lambda: ("gitlab", [("X-Gitlab-Token", SECRET.upper())], BODY)),
    "gitlab token with more": (401, lambda: ("gitlab", [("X-Gitlab-Token", SECRET + "x")], BODY)),
    "gitlab empty token": (401, lambda: ("gitlab", [("X-Gitlab-Token", "")], BODY)),
    "gitlab signing secret as token": (401, lambda: ("gitlab", [("X-Gitlab-Token", KEY)], BODY)),
    "gitlab wrong signature beside the token": (401, lambda: (
        "gitlab", [*_signature(BODY, lambda _: "v1,AAAA"), ("X-Gitlab-Token", SECRET)], BODY)),
    "jenkins wrong": (401, lambda: ("jenkins", [("X-Jenkins-Token", "x")], BODY)),
    "jenkins Basic that is no Base64": (400, lambda: ("jenkins", [("Authorization", "Basic *")], BODY)),
    "azure Basic that is no UTF-8": (400, lambda: ("azure", [("Authorization", "Basic /////w==")], BODY)),
    "azure user as password": (401, lambda: (
        "azure", [("Authorization", "Basic " + base64.b64encode(f"{SECRET}:".encode()).decode())], BODY)),
    "sentry upper-case": (401, lambda: ("sentry", [("Sentry-Hook-Signature", _sum(BODY).hex().upper())], BODY)),
    "generic base64 for hex": (401, lambda: (
        "generic", [("X-Signature", base64.b64encode(_sum(BODY)).decode())], BODY)),
}  # fmt: skip
"""What is not genuine."""

TIMES: dict[str, tuple[int, str]] = {
    "stale": (401, "-310"), "future": (401, "+360"), "float": (400, "{now}.5"), "milliseconds": (400, "{now}000"),
    "huge": (400, "9" * 40), "far": (401, "999999999999"), "negative": (400, "-{now}"), "zero": (401, "0"),
    "signed": (400, "+{now}"), "blank inside": (400, "1 2"), "underscores": (400, "1_700_000_000"), "hex": (400, "0x6"),
    "exponent": (400, "1e9"), "words": (400, "now"), "Arabic digits": (400, "\u0661\u0667"), "none": (400, "null"),
    "full-width digits": (400, "\uff11\uff17"), "superscript": (400, "1\u00b2"), "inf": (400, "inf"),
}  # fmt: skip
"""Time stamps, each signed rightly."""

BODIES: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "no UTF-8": (400, b'{"a":"\xff"}', {}),
    "UTF-16": (400, '{"a":1}'.encode("utf-16"), {}),
    "overlong": (400, b'{"a":"\xc0\xaf"}', {}),
    "surrogate as UTF-8": (400, b'{"a":"\xed\xa0\x80"}', {}),
    "half a pair": (400, b'{"a":"\\ud800"}', {}),
    "half a pair in a key": (400, b'{"\\udfff":1}', {}),
    "byte order mark": (400, b"\xef\xbb\xbf{}", {}),
    "empty": (400, b"", {}),
    "blank": (400, b"  ", {}),
    "cut": (400, b'{"a":', {}),
    "two documents": (400, b"{}{}", {}),
    "twice": (400, b'{"a":1,"a":2}', {}),
    "twice by escape": (400, b'{"a":1,"\\u0061":2}', {}),
    "twice below": (400, b'{"b":[{"a":1,"a":2}]}', {}),
    "65 deep": (400, b"[" * 65 + b"]" * 65, {}),
    "a million deep": (400, b"[" * 1_000_000, {}),
    "a million objects deep": (400, b'{"a":' * 1_000_000, {}),
    "NaN": (400, b'{"a":NaN}', {}),
    "infinite": (400, b'{"a":-Infinity}', {}),
    "beyond a double": (400, b'{"a":1e999}', {}),
    "5,000 digits": (400, b'{"a":' + b"9" * 5000 + b"}", {}),
    "comment": (400, b'{"a":1}//', {}),
    "raw NUL": (400, b'{"a":"\x00"}', {}),
    "XML": (400, b"<a/>", {}),
    "form as JSON": (400, b"a=1&b=2", {}),
    "JSON as form": (400, b'{"a":1}', {"Content_Type": _FORM}),
    "form that is no UTF-8": (400, b"a=%ff", {"Content_Type": _FORM}),
    "form with half a pair": (400, b"payload=%7B%22a%22%3A%22%5Cud800%22%7D", {"Content_Type": _FORM}),
    "form with two payloads": (400, b"payload=%7B%7D&payload=%7B%7D", {"Content_Type": _FORM}),
    "form with very many fields": (400, b"&".join(b"a%d=1" % n for n in range(2000)), {"Content_Type": _FORM}),
    "gzip": (415, gzip.compress(BODY), {"Content_Encoding": "gzip"}),
    "gzip bomb": (415, _BOMB, {"Content_Encoding": "gzip"}),
    "gzip bomb undeclared": (400, _BOMB, {}),
    "deflate": (415, zlib.compress(BODY), {"Content_Encoding": "deflate"}),
    "brotli": (415, BODY, {"Content_Encoding": "br"}),
    "zstd": (415, BODY, {"Content_Encoding": "ZSTD"}),
    "two encodings": (415, BODY, {"Content_Encoding": "identity, gzip"}),
    "unknown encoding": (415, BODY, {"Content_Encoding": "x-" + "a" * 4000}),
    "25 MB": (413, b'"' + b"a" * (LARGEST - 2) + b'"', {}),
}  # fmt: skip
"""Bodies that are genuine, and cannot be read."""

PROTOCOL: dict[str, tuple[set[int], bytes]] = {
    "two lengths": ({400}, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "length and chunks": ({400}, b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "packed transfer": ({400}, b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "unknown transfer": ({400}, b"Transfer-Encoding: identity\r\n\r\n{}"),
    "negative length": ({400}, b"Content-Length: -1\r\n\r\n"),
    "length in hex": ({400}, b"Content-Length: 0x2\r\n\r\n{}"),
    "very large length": ({413}, b"Content-Length: 99999999999\r\n\r\n{}"),
    "length beyond 64 bits": ({400}, b"Content-Length: 99999999999999999999999\r\n\r\n{}"),
    "chunk without size": ({400}, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    "chunk of negative size": ({400}, b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"),
    "NUL in a header": ({400}, b"X-GitHub-Delivery: a\x00b\r\nContent-Length: 0\r\n\r\n"),
    "bare CR in a header": ({400}, b"X-GitHub-Delivery: a\rb\r\nContent-Length: 0\r\n\r\n"),
    "blank before the colon": ({400}, b"X-GitHub-Delivery : a\r\nContent-Length: 0\r\n\r\n"),
    "many headers": ({431}, b"".join(b"X-%d: a\r\n" % n for n in range(300)) + b"Content-Length: 0\r\n\r\n"),
    "a long header": ({431}, b"X-GitHub-Delivery: " + b"a" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "no length": ({401}, b"\r\n"),
}  # fmt: skip
"""What is no request that means one thing."""


def _refused(server: Server, answer: tuple[int, dict[str, Any]], statuses: set[int]) -> None:
    status, document = answer
    assert status in statuses, document
    assert document["status"] == status
    assert document["code"]
    assert document["detail"]


@pytest.mark.parametrize("row", SIGNATURES)
def test_what_is_not_genuine_is_refused(server: Server, row: str) -> None:
    status, made = SIGNATURES[row]
    before = server.work()

    _refused(server, server.post(*made()), {status})

    assert server.work() == before


@pytest.mark.parametrize("row", TIMES)
def test_a_time_stamp_is_whole_seconds_and_near(server: Server, row: str) -> None:
    """For every scheme that signs one. What no header may hold is refused as a header."""
    status, form = TIMES[row]
    at = _now(float(form)) if form in {"-310", "+360"} else form.replace("{now}", _now())
    sent = [("standard", _standard(BODY, at)), ("svix", _standard(BODY, at, kind="svix"))]
    sent += [("stripe", _stripe(BODY, at=at)), ("slack", _slack(BODY, at))]

    for source, headers in sent:
        _refused(server, server.post(source, headers, BODY), {status})


@pytest.mark.parametrize(
    ("stamp", "status"),
    [("null", 400), ('"1"', 400), ("1.5", 400), ("true", 400), ("0", 401), ("-1", 401), ("1" + "0" * 400, 401),
     ("-1" + "0" * 4000, 401), ("[]", 400)],
)  # fmt: skip
def test_a_time_in_the_body_is_held_to_the_same(server: Server, stamp: str, status: int) -> None:
    """Linear signs it with the body."""
    _refused(server, server.post(*_linear(stamp)), {status})


@pytest.mark.parametrize("row", BODIES)
def test_a_genuine_body_that_cannot_be_read_is_refused(server: Server, row: str) -> None:
    status, body, more = BODIES[row]
    before = server.work()

    _refused(server, server.post("github", _github(body, quote(row), **more), body), {status})

    assert server.work() == before


@pytest.mark.parametrize("row", PROTOCOL)
def test_what_means_two_things_is_no_request(server: Server, row: str) -> None:
    statuses, rest = PROTOCOL[row]
    head = f"POST /v1/hooks/github HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"

    _refused(server, server.raw(head.encode() + rest), statuses)


def test_a_path_that_is_nobodys_and_a_method_that_is_none(server: Server) -> None:
    for path, status in (
        ("nobody", 404), ("%67ithub", 404), ("GITHUB", 404), ("../hooks/github", 404), ("github/", 404), ("", 404),
        ("github%00", 404), ("a" * 5000, 404),
    ):  # fmt: skip
        _refused(server, server.post(path, _github(BODY), BODY), {status})
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        head = f"{method} /v1/hooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        _refused(server, server.raw(head.encode()), {405})


def test_what_is_sent_in_pieces_is_measured_as_it_comes(server: Server) -> None:
    """Chunks beyond the largest body are refused before their end, and a request that breaks off does nothing."""
    before = server.work()
    head = f"POST /v1/hooks/github HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n".encode()
    signed = b"".join(f"{name}: {value!s}\r\n".encode() for name, value in _github(BODY, "cut"))
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"

    _refused(server, server.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 26), {413})
    server.raw(head + signed + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY[:-1], close=True)
    server.raw(head + signed + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY, close=True)
    server.raw(head[:-10], close=True)

    assert server.post("github", _github(BODY, "behind those"), BODY)[0] == 202
    assert server.work() == sorted([*before, "webhook/github/behind those"])


ACCEPTED: dict[str, Row] = {
    "header names in any case": lambda: (
        "github", [(name.upper(), value) for name, value in _github(BODY, "case")], BODY),
    "blanks around a value": lambda: ("github", _first(_github(BODY, "blanks"), lambda v: f" \t{v} \t"), BODY),
    "identity": lambda: ("github", _github(BODY, "identity", Content_Encoding="identity"), BODY),
    "64 deep": lambda: ("github", _github(b"[" * 64 + b"]" * 64, "deep"), b"[" * 64 + b"]" * 64),
    "a form of GitHub": lambda: (
        "github", _github(b"payload=%7B%22a%22%3A1%7D", "form", Content_Type=_FORM), b"payload=%7B%22a%22%3A1%7D"),
    "a command of Slack": lambda: (
        "slack", _slack(b"command=%2Fcrane&trigger_id=t1", Content_Type=_FORM), b"command=%2Fcrane&trigger_id=t1"),
    "several signatures": lambda: ("standard", _signature(BODY, lambda v: f"v1,AAAA v9,x {v} v1a,AA=="), BODY),
    "svix": lambda: ("svix", _standard(BODY, kind="svix"), BODY),
    "several of Stripe": lambda: ("stripe", _stripe(BODY, "t={t},v1=00,v0=11, v1={v}"), BODY),
    "gitlab token": lambda: ("gitlab", [("X-Gitlab-Token", SECRET)], BODY),
    "gitlab signed": lambda: ("gitlab", _standard(BODY, id="signed"), BODY),
    "nearly stale": lambda: ("standard", _standard(BODY, _now(-200), id="stale"), BODY),
    "nearly future": lambda: ("standard", _standard(BODY, _now(200), id="future"), BODY),
    "a very long id": lambda: ("github", _github(BODY, "d" * 8000), BODY),
    "an id like a path": lambda: ("github", _github(BODY, "../../a//b?c#d%00"), BODY),
    "an empty id": lambda: ("github", _github(BODY, ""), BODY),
    "no id": lambda: ("sentry", _hexed("Sentry-Hook-Signature", BODY), BODY),
    "a very long number": lambda: (
        "github", _github(b'{"number":%b}' % (b"9" * 4000), "long"), b'{"number":%b}' % (b"9" * 4000)),
    "escaped NUL": lambda: ("github", _github(b'{"number":"\\u0000"}', "nul"), b'{"number":"\\u0000"}'),
    "no object": lambda: ("github", _github(b"null", "null"), b"null"),
}  # fmt: skip


@pytest.mark.parametrize("row", ACCEPTED)
def test_what_is_unusual_and_genuine_is_work_once(server: Server, row: str) -> None:
    """The same again is the same task."""
    source, headers, body = ACCEPTED[row]()

    first = server.post(source, headers, body)
    again = server.post(source, headers, body)

    assert first[0] == again[0] == 202, first
    assert first[1]["task"] == again[1]["task"]


def test_twenty_at_the_same_moment_are_one_task(server: Server) -> None:
    headers, gate = _github(BODY, "twenty"), threading.Barrier(20)

    def send(_: int) -> tuple[int, str]:
        gate.wait(timeout=60)
        status, document = server.post("github", headers, BODY)
        return status, document["task"]

    with ThreadPoolExecutor(20) as senders:
        answers = set(senders.map(send, range(20)))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 202
    assert server.work().count("webhook/github/twenty") == 1
    other = BODY.replace(b"7", b"8")
    _refused(server, server.post("github", _github(other, "twenty"), other), {409})


def test_a_challenge_is_answered_to_slack_alone(server: Server) -> None:
    body = b'{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}'
    before = server.work()

    assert server.post("slack", _slack(body), body)[0] == 200
    assert server.post("github", _github(body, "challenge"), body)[0] == 202
    assert server.work() == sorted([*before, "webhook/github/challenge"])


def test_a_body_that_trickles_in_holds_nobody_up(server: Server) -> None:
    """Others are answered while it hangs."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.sendall(b"POST /v1/hooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        for number in range(5):
            assert server.post("github", _github(BODY, f"beside {number}"), BODY)[0] == 202
            slow.sendall(b" ")
