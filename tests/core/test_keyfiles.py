"""Keys of a home in its backups: copied with their modes, put back, and never put over another one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kingpost import InvalidRequest, Operation, Ports, SignedHead, Unavailable
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost._host.keyfiles import keys_of, place
from kingpost._host.keyring import Keyring
from kingpost._host.tail import Tail
from kingpost.operations import system, tasks
from kingpost.records.access import Once
from kingpost.testing import MemoryLog

_KEYS = {"other.key": b"a plugin's own", "webhooks.key": b"\x00" * 32}


async def _in(home: Path, operation: Operation[Any, Any], request: object) -> Any:
    async with Kernel.open(settings={}, plugins=installed(), ports=Ports(home)) as kernel:
        return await kernel.perform(operation, request)


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """A home with a log and two keys."""
    home = tmp_path / "home"
    await _in(home, tasks.SUBMIT, tasks.Submit(description="What is a kingpost?"))
    for name, content in _KEYS.items():
        place(home / name, content)
    return home


@pytest.fixture
async def saved(home: Path, tmp_path: Path) -> Path:
    await _in(home, system.BACKUP, system.Backup(str(tmp_path / "saved")))
    return tmp_path / "saved"


async def test_a_backup_brings_every_key_back_readable_by_its_owner_only(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"

    await _in(other, system.RESTORE, system.Restore(str(saved)))

    assert keys_of(saved) == keys_of(other) == _KEYS
    for folder in (saved, other):
        assert {(folder / name).stat().st_mode & 0o777 for name in _KEYS} == {0o600}


async def test_a_restored_home_signs_heads_as_the_one_that_was_saved(home: Path, tmp_path: Path) -> None:
    """``head.key`` and its public half go along."""
    signed: SignedHead = await _in(home, system.HEAD, system.Nothing())
    await _in(home, system.BACKUP, system.Backup(str(tmp_path / "saved")))
    other = tmp_path / "other"

    await _in(other, system.RESTORE, system.Restore(str(tmp_path / "saved")))

    assert (other / "head.pub").read_bytes() == (home / "head.pub").read_bytes()
    assert (await _in(other, system.HEAD, system.Nothing())).key == signed.key


async def test_another_key_of_the_same_name_is_never_replaced(saved: Path, tmp_path: Path) -> None:
    """The restore is refused before anything is changed: no log, no other key."""
    other = tmp_path / "other"
    other.mkdir()
    place(other / "webhooks.key", b"\x01" * 32)

    with pytest.raises(InvalidRequest, match="another key"):
        await _in(other, system.RESTORE, system.Restore(str(saved)))

    assert keys_of(other) == {"webhooks.key": b"\x01" * 32}
    assert not (await _in(other, tasks.LIST, tasks.ListTasks())).tasks


async def test_the_same_backup_may_be_restored_twice(saved: Path, tmp_path: Path) -> None:
    for _ in range(2):
        await _in(tmp_path / "other", system.RESTORE, system.Restore(str(saved)))

    assert keys_of(tmp_path / "other") == _KEYS


async def test_a_log_that_is_refused_leaves_no_key_behind(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    await _in(other, tasks.SUBMIT, tasks.Submit(description="Something else"))

    with pytest.raises(InvalidRequest):
        await _in(other, system.RESTORE, system.Restore(str(saved)))

    assert keys_of(other) == {}


async def test_a_key_that_cannot_be_written_is_named_and_nothing_changes(saved: Path, tmp_path: Path) -> None:
    """A folder lies where the second key is to go."""
    other = tmp_path / "other"
    (other / "webhooks.key").mkdir(parents=True)

    with pytest.raises(Unavailable, match=r"webhooks\.key"):
        await _in(other, system.RESTORE, system.Restore(str(saved)))

    assert keys_of(other) == {}


async def test_two_processes_that_mint_at_once_mint_the_same_token_for_a_key(tmp_path: Path) -> None:
    """The secret that tokens are drawn from is made once, whoever comes first; only its owner reads it."""
    log, minted = MemoryLog(Ports(tmp_path)), []

    def ring(entropy: Callable[[int], bytes]) -> Keyring:
        ports = Ports(tmp_path, entropy=entropy)
        return Keyring(log, Tail(log, ports, lambda problem: None), ports)

    once = Once("ci", "digest")

    def meanwhile(size: int) -> bytes:
        minted.append(ring(os.urandom).mint(once, "default"))
        return os.urandom(size)

    minted.append(ring(meanwhile).mint(once, "default"))

    assert len(minted) == 2
    assert minted[0] == minted[1] == ring(os.urandom).mint(once, "default")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
