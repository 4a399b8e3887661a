"""The promises of a ``MemoryBackend``: here about what is kept, in ``memory_recall`` about what is found."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ...protocols import MemoryBackend, Tended
from ...records.memory import Memory, Selection, Tier
from ...records.record import replace
from ..world import EPOCH
from .ground import STRANGE
from .memory_ground import BAKERY, HARBOUR, about, all_of, ids_of, recalled
from .memory_recall import Recalling


class MemoryConformance(Recalling):
    """Inherit, and override ``subject`` and ``twin``."""

    async def test_what_is_remembered_is_durable(self, subject: MemoryBackend, twin: MemoryBackend) -> None:
        """Durable when it returns, all or nothing."""
        await subject.remember([HARBOUR, BAKERY])

        assert await all_of(twin) == [HARBOUR, BAKERY]

    async def test_it_says_how_many_were_new(self, subject: MemoryBackend) -> None:
        """Returns how many were new."""
        assert await subject.remember([HARBOUR]) == 1
        assert await subject.remember([HARBOUR, BAKERY]) == 1
        assert await subject.remember([]) == 0

    async def test_a_use_is_counted_once_under_a_name(self, subject: MemoryBackend, twin: MemoryBackend) -> None:
        """What is counted under a name is counted for good: by whichever instance, and in one scope."""
        if not (isinstance(subject, Tended) and isinstance(twin, Tended)):
            pytest.skip("it counts no uses")
        elsewhere = replace(HARBOUR, scope="notes")
        await subject.remember([HARBOUR, BAKERY, elsewhere])

        ids = [HARBOUR.id, "nobody"]
        counted = [
            await each.use(HARBOUR.tenant, HARBOUR.scope, ids, EPOCH, once)
            for each, once in ((subject, "task 1"), (twin, "task 1"), (subject, "task 2"), (subject, ""), (twin, ""))
        ]

        assert counted == [1, 0, 1, 1, 1]
        assert await subject.use(HARBOUR.tenant, elsewhere.scope, ids, EPOCH, "task 1") == 1
        assert {one.id: one.uses for one in await all_of(twin)} == {HARBOUR.id: 4, BAKERY.id: 0}
        assert [one.uses for one in await twin.get(elsewhere.tenant, elsewhere.scope, [elsewhere.id])] == [1]

    async def test_all_of_a_batch_is_remembered_or_nothing(self, subject: MemoryBackend) -> None:
        """Durable when it returns, all or nothing."""
        unwritable = replace(BAKERY, meta={"clock": object()})
        try:
            await subject.remember([HARBOUR, unwritable])
        except Exception:  # noqa: BLE001 - whether it refuses, and how, is up to the memory
            assert await ids_of(subject) == []
        else:
            assert await ids_of(subject) == ["bakery", "harbour"]

    async def test_remembering_twice_leaves_one(self, subject: MemoryBackend) -> None:
        """Idempotent on ``(tenant, scope, id)``: storing twice leaves one."""
        await subject.remember([HARBOUR, HARBOUR])
        await subject.remember([HARBOUR])

        assert await all_of(subject) == [HARBOUR]

    async def test_remembering_at_the_same_time_leaves_one(self, subject: MemoryBackend, twin: MemoryBackend) -> None:
        """Idempotent on ``(tenant, scope, id)``: storing twice leaves one."""
        new = await asyncio.gather(*(each.remember([HARBOUR]) for each in (subject, twin) for _ in range(10)))

        assert sum(new) == 1
        assert await all_of(subject) == [HARBOUR]

    async def test_one_id_in_two_scopes_or_tenants_is_two_memories(self, subject: MemoryBackend) -> None:
        """Idempotent on ``(tenant, scope, id)``: storing twice leaves one."""
        others = [replace(HARBOUR, scope="notes"), replace(HARBOUR, tenant="other")]

        assert await subject.remember([HARBOUR, *others]) == 3

    async def test_what_was_recalled_is_not_remembered(self, subject: MemoryBackend) -> None:
        """A memory whose origin is "recalled" is not stored."""
        assert await subject.remember([replace(HARBOUR, origin="recalled"), BAKERY]) == 1
        assert await all_of(subject) == [BAKERY]

    async def test_memories_are_got_by_their_ids(self, subject: MemoryBackend) -> None:
        """The memories with these ids, in any order; those that do not exist are left out."""
        await subject.remember([HARBOUR, BAKERY, replace(HARBOUR, tenant="other", body="another harbour")])

        found = await subject.get("default", "docs", ["bakery", "nobody", "harbour"])

        assert sorted(found, key=lambda each: each.id) == [BAKERY, HARBOUR]
        assert list(await subject.get("default", "notes", ["harbour"])) == []
        assert list(await subject.get("default", "docs", [])) == []

    async def test_many_memories_are_got_at_once(self, subject: MemoryBackend) -> None:
        """The memories with these ids, in any order: however many."""
        many = [about(n, "the harbour crane lifts") for n in range(1500)]
        assert await subject.remember(many) == 1500

        assert len(await subject.get("default", "docs", [memory.id for memory in many])) == 1500

    @pytest.mark.parametrize(
        ("narrowed", "gone"),
        [
            ({}, "abc"),
            ({"ids": ("a", "nobody")}, "a"),
            ({"ids": ()}, ""),
            ({"source": "one.md"}, "ab"),
            ({"source": "one.md", "but": ("a",)}, "b"),
            ({"kind": "source"}, "b"),
            ({"source": "one.md", "kind": "text"}, "a"),
            ({"scope": "nowhere"}, ""),
            ({"tenant": "nobody"}, ""),
        ],
        ids=str,
    )
    async def test_only_what_is_selected_is_forgotten(
        self, subject: MemoryBackend, narrowed: dict[str, Any], gone: str
    ) -> None:
        """Remove what is selected and nothing else; returns how many."""
        mine = [
            replace(HARBOUR, id="a", source="one.md"),
            replace(HARBOUR, id="b", source="one.md", kind="source"),
            replace(HARBOUR, id="c", source="two.md"),
        ]
        others = [replace(each, scope="notes") for each in mine] + [replace(each, tenant="other") for each in mine]
        await subject.remember([*mine, *others])

        assert await subject.forget(Selection(**{"scope": "docs", **narrowed})) == len(gone)

        assert await ids_of(subject) == sorted({"a", "b", "c"} - set(gone))
        assert len(await ids_of(subject, scope="notes")) == len(await ids_of(subject, tenant="other")) == 3
        assert not set(gone) & await recalled(subject)

    async def test_forgetting_twice_is_no_error(self, subject: MemoryBackend) -> None:
        """Forgetting twice is no error."""
        await subject.remember([HARBOUR])

        assert await subject.forget(Selection(scope="docs")) == 1
        assert await subject.forget(Selection(scope="docs")) == 0
        assert await subject.remember([HARBOUR]) == 1

    async def test_everything_is_exported_once_oldest_first(self, subject: MemoryBackend) -> None:
        """Every selected memory once, oldest first, as it was remembered."""
        memories = [replace(about(n, "fine"), created=EPOCH + (n * 7) % 40) for n in range(40)]
        await subject.remember(memories)

        assert await all_of(subject) == sorted(memories, key=lambda each: each.created)

    @pytest.mark.parametrize("page", [1, 7, 100])
    async def test_pages_join(self, subject: MemoryBackend, page: int) -> None:
        """``after`` goes on behind the memory with this scope and id: for pages."""
        # The same ids stand in two scopes, so that an id alone would lead back.
        fine = [replace(about(n, "fine"), created=EPOCH + n % 5) for n in range(20)]
        await subject.remember([*fine, *(replace(each, scope="elsewhere") for each in fine)])
        whole = await all_of(subject, scope=None)

        seen: list[Memory] = []
        while found := await all_of(subject, scope=None, after=(seen[-1].scope, seen[-1].id) if seen else None):
            seen += found[:page]
            assert len(seen) <= len(whole)

        assert seen == whole

    async def test_every_scope_and_every_tenant_can_be_selected(self, subject: MemoryBackend) -> None:
        """``None`` for ``scope`` means every scope, for ``tenant`` every tenant."""
        others = [replace(HARBOUR, scope="notes"), replace(HARBOUR, tenant="other")]
        await subject.remember([HARBOUR, *others])

        assert len(await all_of(subject, scope=None)) == 2
        assert len(await all_of(subject, tenant=None)) == 2
        assert await subject.forget(Selection(scope=None, tenant=None)) == 3

    @pytest.mark.parametrize("strange", sorted(STRANGE.keys() - {"half a pair"}))
    async def test_what_is_exported_is_what_was_remembered(self, subject: MemoryBackend, strange: str) -> None:
        """Every selected memory once, oldest first, as it was remembered."""
        text = STRANGE[strange]
        full = replace(
            HARBOUR,
            body=text,
            speaker=text,
            session="s-1",
            tier=Tier.EPISODIC,
            valid_from=EPOCH - 0.5,
            valid_to=EPOCH + 1e9,
            expires=EPOCH + 0.1,
            origin="import",
            meta={"text": text},
        )
        await subject.remember([full])

        assert await all_of(subject) == [full]
