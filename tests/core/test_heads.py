"""Signed heads: who vouches for them, who cannot change them, and what they give away."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kingpost import (
    Corrupted,
    Event,
    Head,
    InvalidRequest,
    Ports,
    Recorded,
    SettingsInvalid,
    SignedHead,
    Unavailable,
    task_stream,
)
from kingpost._host.heads import KEY, PUBLIC, check, compare, export, home_key, key_id, read_heads, sign
from kingpost.testing import MemoryLog, facts, seeded_ports
from kingpost_sink_jsonl import provide_sinks

RFC_8032 = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
"""The first test key of RFC 8032, section 7.1."""


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return _home(tmp_path / "home", 1)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def _home(folder: Path, seed: int) -> Ports:
    folder.mkdir()
    return seeded_ports(seed, folder)


async def _log(ports: Ports, frames: int, changed: int = 0) -> MemoryLog:
    """The same log again and again, but for one frame that was written anew."""
    log = MemoryLog(seeded_ports(0, ports.home))
    await log.append(task_stream("t"), "", [facts.queued("t")])
    for number in range(2, frames + 1):
        await log.append(task_stream("t"), None, [Event("note", {"number": -1 if number == changed else number})])
    return log


async def _heads(log: MemoryLog) -> list[Head]:
    return [Head(frame.position, frame.hash) for frame in await log.read()]


def test_a_head_is_signed_over_its_canonical_json() -> None:
    """Ed25519 of RFC 8032 over the fields sorted, without spaces: any tool can check it."""
    signed = sign(RFC_8032, Head(7, bytes(range(32))), 1_767_225_600_000_000)

    raw = RFC_8032.public_key().public_bytes_raw()
    assert raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signed.key == sha256(raw).hexdigest()
    content = f'{{"at":1767225600000000,"hash":"{bytes(range(32)).hex()}","key":"{signed.key}","position":7}}'
    RFC_8032.public_key().verify(base64.b64decode(signed.signature), content.encode())
    assert check(signed, RFC_8032.public_key()) == Head(7, bytes(range(32)))


@pytest.mark.parametrize("field", ["position", "hash", "at", "signature"])
def test_a_changed_field_is_found_out(field: str) -> None:
    signed = sign(RFC_8032, Head(7, bytes(32)), 1_767_225_600_000_000)
    changes: dict[str, Any] = {
        "position": 8,
        "hash": "11" * 32,
        "at": 1,
        "signature": base64.b64encode(bytes(64)).decode(),
    }

    with pytest.raises(Corrupted, match="changed after it was signed; take another copy"):
        check(replace(signed, **{field: changes[field]}), RFC_8032.public_key())


@pytest.mark.parametrize("signature", ["", "no base64!", "AAAA", "ä"])
def test_what_is_no_signature_does_not_fit(signature: str) -> None:
    signed = replace(sign(RFC_8032, Head(7, bytes(32)), 1), signature=signature)

    with pytest.raises(Corrupted, match="does not fit"):
        check(signed, RFC_8032.public_key())


def test_another_homes_signature_is_told_with_both_keys(ports: Ports, tmp_path: Path) -> None:
    """The mend is that home's public key."""
    theirs = home_key(_home(tmp_path / "other", 2))
    signed = sign(theirs, Head(1, bytes(32)), 1)

    with pytest.raises(InvalidRequest, match=r"put head\.pub of the home that signed it beside") as caught:
        check(signed, home_key(ports).public_key())
    assert signed.key[:16] in str(caught.value)
    assert key_id(home_key(ports).public_key())[:16] in str(caught.value)
    with pytest.raises(InvalidRequest, match="nobody can say who signed it"):
        check(signed, None)


async def test_a_head_is_exported_with_the_key_of_the_home(ports: Ports) -> None:
    """Made by the first call, readable by its owner only; the second call takes the same."""
    log = await _log(ports, 5)

    first, second = await export(log, ports), await export(log, ports)

    assert (first, first.position, first.at) == (second, 5, int(ports.clock.now() * 1e6))
    assert (ports.home / KEY).stat().st_mode & 0o777 == 0o600
    assert (ports.home / KEY).read_text().startswith("-----BEGIN PRIVATE KEY-----")
    public = serialization.load_pem_public_key((ports.home / PUBLIC).read_bytes())
    assert check(first, public) == await log.head()  # type: ignore[arg-type]  # it is one, or the signature does not fit
    assert sorted(path.name for path in ports.home.iterdir()) == [KEY, PUBLIC]


async def test_an_empty_log_has_a_head_too(ports: Ports) -> None:
    signed = await export(MemoryLog(ports), ports)

    assert check(signed, home_key(ports).public_key()) == Head(0, bytes(32))


def test_two_that_make_the_key_at_once_have_one(tmp_path: Path) -> None:
    """Whoever is second takes the first one's, whole."""
    (tmp_path / "home").mkdir()
    begin, found = threading.Barrier(8), list[str]()

    def make(seed: int) -> None:
        ports = seeded_ports(seed, tmp_path / "home")
        begin.wait()
        found.append(key_id(home_key(ports).public_key()))

    makers = [threading.Thread(target=make, args=(seed,)) for seed in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert (len(found), len(set(found))) == (8, 1)


def test_a_public_half_that_was_lost_is_written_again(ports: Ports) -> None:
    home_key(ports)
    before = (ports.home / PUBLIC).read_bytes()
    (ports.home / PUBLIC).unlink()

    home_key(ports)

    assert (ports.home / PUBLIC).read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_a_key_that_others_can_read_is_not_used(ports: Ports, mode: int) -> None:
    home_key(ports)
    (ports.home / KEY).chmod(mode)

    with pytest.raises(SettingsInvalid, match=rf"others can read it \(mode {mode:04o}\); chmod 600 .*{KEY}"):
        home_key(ports)


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_key_that_is_none_is_told_with_the_mend(ports: Ports, content: bytes) -> None:
    (ports.home / KEY).write_bytes(content)
    (ports.home / KEY).chmod(0o600)

    with pytest.raises(SettingsInvalid, match="is no private key; restore it, or move it"):
        home_key(ports)


def test_halves_of_two_keys_are_refused(ports: Ports, tmp_path: Path) -> None:
    """Somebody has put another key into the home."""
    other = _home(tmp_path / "other", 2)
    home_key(ports)
    home_key(other)
    (other.home / KEY).rename(ports.home / KEY)

    with pytest.raises(SettingsInvalid, match=r"is not the public half of head\.key"):
        home_key(ports)


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"make .* writable"):
        home_key(seeded_ports(0, tmp_path / "nowhere"))


def _put(path: Path, *signed: SignedHead, indent: int | None = None) -> Path:
    path.write_text("\n".join(json.dumps(asdict(each), indent=indent) for each in signed))
    return path


@pytest.mark.parametrize("indent", [None, 2])
async def test_one_head_is_read(ports: Ports, elsewhere: Path, indent: int | None) -> None:
    """On one line, or laid out over several."""
    log = await _log(ports, 3)
    path = _put(elsewhere / "head.json", await export(log, ports), indent=indent)

    assert read_heads(path, ports.home) == [await log.head()]


async def test_lines_of_heads_are_read(ports: Ports, elsewhere: Path) -> None:
    """As a job that appends one a day leaves them; empty lines say nothing."""
    log = await _log(ports, 9)
    heads = await _heads(log)
    path = _put(elsewhere / "heads.jsonl", *(sign(home_key(ports), head, 1) for head in heads))
    path.write_text(path.read_text().replace("\n", "\n\n") + "\n")

    assert read_heads(path, ports.home) == heads


async def test_the_lines_of_the_sink_are_read(ports: Ports, elsewhere: Path) -> None:
    """They need no key; a last line that is being written is left out."""
    frames: Sequence[Recorded] = await (await _log(ports, 6)).read()
    (sink,) = provide_sinks(None, Ports(home=elsewhere))
    await sink.accept(frames)
    path = elsewhere / "audit.jsonl"
    path.write_bytes(path.read_bytes()[:-40])

    assert read_heads(path, ports.home) == [Head(frame.position, frame.hash) for frame in frames[:-1]]


async def test_a_signature_that_does_not_fit_names_the_line(ports: Ports, elsewhere: Path) -> None:
    signed = [sign(home_key(ports), Head(number, bytes(32)), 1) for number in range(4)]
    path = _put(elsewhere / "heads.jsonl", *signed[:2], replace(signed[2], position=9), signed[3])

    with pytest.raises(Corrupted, match=r"heads\.jsonl, line 3: its signature does not fit"):
        read_heads(path, ports.home)


async def test_the_public_key_beside_the_file_comes_first(ports: Ports, elsewhere: Path, tmp_path: Path) -> None:
    """It was kept where the heads were kept; the home may have been lost with its key."""
    other = _home(tmp_path / "other", 2)
    path = _put(elsewhere / "heads.jsonl", await export(await _log(ports, 2), ports))
    home_key(other)

    with pytest.raises(InvalidRequest, match="line 1: it was signed with the key"):
        read_heads(path, other.home)
    (elsewhere / PUBLIC).write_bytes((ports.home / PUBLIC).read_bytes())
    assert [head.position for head in read_heads(path, other.home)] == [2]
    (elsewhere / PUBLIC).write_text("nothing")
    with pytest.raises(SettingsInvalid, match="is no public key"):
        read_heads(path, ports.home)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no head"),
        ("\n\n", "holds no head"),
        ("what is this?", "line 1: is no JSON"),
        ('{"position":1}\n', "line 1: is neither a signed head nor a line of the sink"),
        ("[1, 2]", "line 1: is neither"),
        ('{"position":1,"hash":"00","events":[]}', "line 1: is no head"),
        ('{"position":"1","hash":"' + "00" * 32 + '","events":[]}', "line 1: is no head"),
        ('{"hash":"' + "00" * 32 + '","events":[]}', "line 1: is no head"),
        ('{"signature":1}', "line 1: is no head"),
        ('{"position":1,"hash":"' + "00" * 32 + '","events":[]}\nno\n', "line 2: is no JSON"),
    ],
)
def test_a_file_of_something_else_is_refused(ports: Ports, elsewhere: Path, content: str, told: str) -> None:
    """The line is named, and what to hand in instead."""
    (elsewhere / "file").write_text(content)

    with pytest.raises(InvalidRequest, match=told):
        read_heads(elsewhere / "file", ports.home)


def test_a_file_that_is_not_there_is_told(ports: Ports, elsewhere: Path) -> None:
    for path in (elsewhere / "nothing", elsewhere):
        with pytest.raises(InvalidRequest, match="cannot be read"):
            read_heads(path, ports.home)


async def test_a_log_that_only_went_on_agrees_with_its_heads(ports: Ports) -> None:
    heads = await _heads(await _log(ports, 700))

    assert await compare(await _log(ports, 1200), [*heads[::7], Head(0, bytes(32)), *heads[:5]]) == ()


async def test_a_log_that_was_cut_is_found_out(ports: Ports) -> None:
    (finding,) = await compare(await _log(ports, 7), await _heads(await _log(ports, 10)))

    assert (finding.position, "the log ends before it (and 2 more)" in finding.what) == (8, True)


async def test_a_log_that_was_rewritten_is_found_out_although_it_went_on(ports: Ports) -> None:
    """Its newest head fits; those that were written down before do not."""
    log = await _log(ports, 20, changed=6)
    heads = [*await _heads(await _log(ports, 10)), *(await _heads(log))[10:]]

    (finding,) = await compare(log, heads)

    assert (finding.position, "another hash (and 4 more)" in finding.what) == (6, True)


async def test_an_empty_log_is_no_answer(ports: Ports) -> None:
    (finding,) = await compare(MemoryLog(ports), [Head(3, bytes(32))])

    assert finding.position == 3


async def test_frames_that_cannot_be_read_are_a_finding(ports: Ports) -> None:
    log = await _log(ports, 9)
    # Nothing but brackets, so that one changed bit is no JSON any more.
    receipt = await log.append(
        task_stream("t"), None, [Event("note", {}, {"": [[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]})]
    )
    heads = await _heads(log)
    log.damage(receipt.position, "payload")

    (finding,) = await compare(log, heads)

    assert "cannot be held against its heads" in finding.what
