"""What a ``MemoryBackend`` promises to those who ask it."""

from __future__ import annotations

import pytest
from hypothesis import given

from ...protocols import MemoryBackend
from ...records.memory import Boost, Tier
from ...records.record import replace
from ..world import EPOCH
from .ground import STRANGE, examples, texts
from .memory_ground import BAKERY, HARBOUR, MemoryGround, about, ask, recalled


class Recalling(MemoryGround):
    """Order, limits, scopes and time."""

    async def test_the_best_comes_first(self, subject: MemoryBackend) -> None:
        """Best first, at most ``query.limit``, only from ``query.scopes`` of ``query.tenant``."""
        await subject.remember([about(n, "the harbour was calm") for n in range(20)] + [BAKERY, HARBOUR])

        found = await subject.recall(ask("harbour crane"))

        assert found[0].memory == HARBOUR
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)

    @pytest.mark.parametrize("limit", [1, 3, 100])
    async def test_no_more_than_the_limit_comes(self, subject: MemoryBackend, limit: int) -> None:
        """Best first, at most ``query.limit``, only from ``query.scopes`` of ``query.tenant``."""
        await subject.remember([about(n, "the harbour crane lifts") for n in range(8)])

        assert len(await subject.recall(ask("harbour crane", limit=limit))) == min(limit, 8)

    async def test_only_the_asked_scopes_answer(self, subject: MemoryBackend) -> None:
        """Only from ``query.scopes`` of ``query.tenant``: of no other scope."""
        await subject.remember([replace(HARBOUR, scope=scope) for scope in ("docs", "notes", "secret")])

        found = await subject.recall(ask("harbour", scopes=("docs", "notes")))

        assert {each.memory.scope for each in found} == {"docs", "notes"}
        assert list(await subject.recall(ask("harbour", scopes=()))) == []

    async def test_only_the_asked_tenant_answers(self, subject: MemoryBackend) -> None:
        """Only from ``query.scopes`` of ``query.tenant``: of no other tenant."""
        await subject.remember([replace(HARBOUR, tenant="other")])

        assert list(await subject.recall(ask("harbour"))) == []
        assert len(await subject.recall(ask("harbour", tenant="other"))) == 1

    async def test_only_the_asked_tiers_answer(self, subject: MemoryBackend) -> None:
        """Only from ``query.scopes`` of ``query.tenant``: and of ``query.tiers``, where some are named."""
        await subject.remember([replace(HARBOUR, id=tier, tier=tier) for tier in Tier])

        found = await subject.recall(ask("harbour", tiers=(Tier.LONG, Tier.EPISODIC)))

        assert {each.memory.tier for each in found} == {Tier.LONG, Tier.EPISODIC}

    async def test_nothing_fits_an_empty_memory(self, subject: MemoryBackend) -> None:
        """Empty when nothing fits."""
        assert list(await subject.recall(ask("harbour"))) == []

    async def test_what_has_expired_is_left_out(self, subject: MemoryBackend) -> None:
        """What has expired at ``query.now`` and what is no text is left out."""
        await subject.remember([replace(HARBOUR, expires=EPOCH + 60), replace(HARBOUR, id="lasting")])

        assert await recalled(subject, now=EPOCH + 59) == {"harbour", "lasting"}
        assert await recalled(subject, now=EPOCH + 61) == {"lasting"}

    async def test_short_term_memories_live_for_half_an_hour(self, subject: MemoryBackend) -> None:
        """How long a memory lives: 30 minutes unless it says otherwise."""
        short = replace(HARBOUR, tier=Tier.SHORT)
        await subject.remember([short, replace(short, id="longer", expires=EPOCH + 7200)])

        assert await recalled(subject, now=EPOCH + 29 * 60) == {"harbour", "longer"}
        assert await recalled(subject, now=EPOCH + 31 * 60) == {"longer"}

    async def test_what_is_no_longer_true_is_left_out(self, subject: MemoryBackend) -> None:
        """What has expired at ``query.now`` and what is no text is left out: so is what was valid until then."""
        await subject.remember([replace(HARBOUR, valid_to=EPOCH + 60), replace(HARBOUR, id="lasting")])

        assert await recalled(subject, now=EPOCH + 59) == {"harbour", "lasting"}
        assert await recalled(subject, now=EPOCH + 61) == {"lasting"}

    async def test_it_knows_what_was_believed_at_a_time(self, subject: MemoryBackend) -> None:
        """With ``query.as_of`` nothing that was created later is found, and what has expired since is."""
        later = replace(HARBOUR, id="later", body="The harbour crane lifts fifty tonnes.", created=EPOCH + 100)
        await subject.remember([replace(HARBOUR, expires=EPOCH + 60), later])

        assert await recalled(subject, as_of=EPOCH + 50, now=EPOCH + 200) == {"harbour"}
        assert await recalled(subject, now=EPOCH + 200) == {"later"}
        assert await recalled(subject, as_of=EPOCH - 1) == set()

    async def test_what_is_boosted_is_found_though_it_shares_no_word(self, subject: MemoryBackend) -> None:
        """What ``query.boosts`` names is found though it shares no word: where it may be found at all."""
        foreign = replace(BAKERY, scope="secret")
        await subject.remember([HARBOUR, BAKERY, foreign, replace(BAKERY, id="gone", expires=EPOCH + 1)])
        named = [("docs", "bakery"), ("secret", "bakery"), ("docs", "gone"), ("docs", "nobody")]
        boosts = tuple(Boost(scope, id, 0.9) for scope, id in named)

        found = await subject.recall(ask("harbour crane", boosts=boosts))

        assert {(each.memory.scope, each.memory.id) for each in found} == {("docs", "harbour"), ("docs", "bakery")}
        assert all(sum(each.terms.values()) == pytest.approx(each.score) for each in found)

    async def test_a_boost_moves_a_memory_up(self, subject: MemoryBackend) -> None:
        """Best first: of two that fit equally well the boosted one."""
        await subject.remember([replace(HARBOUR, id="a"), replace(HARBOUR, id="b", body=f"{HARBOUR.body} Daily.")])

        for boosted in "ab":
            found = await subject.recall(ask("harbour crane", boosts=(Boost("docs", boosted, 0.9),)))
            assert found[0].memory.id == boosted

    async def test_what_is_no_text_is_left_out(self, subject: MemoryBackend) -> None:
        """What has expired at ``query.now`` and what is no text is left out."""
        await subject.remember([replace(HARBOUR, kind="source")])

        assert await recalled(subject) == set()

    async def test_the_same_question_gets_the_same_answer(self, subject: MemoryBackend, twin: MemoryBackend) -> None:
        """The same question gives the same answer."""
        await subject.remember([about(n, "the harbour crane lifts") for n in range(30)])

        first = list(await subject.recall(ask("harbour crane", limit=7)))

        assert list(await subject.recall(ask("harbour crane", limit=7))) == first
        assert list(await twin.recall(ask("harbour crane", limit=7))) == first

    @pytest.mark.parametrize("strange", STRANGE)
    async def test_any_text_is_a_question(self, subject: MemoryBackend, strange: str) -> None:
        """Any text is a valid question."""
        await subject.remember([HARBOUR])

        assert len(await subject.recall(ask(STRANGE[strange]))) <= 1

    @examples
    @given(text=texts)
    async def test_terms_add_up(self, subject: MemoryBackend, text: str) -> None:
        """Terms add up to the score."""
        await subject.remember([HARBOUR, BAKERY])

        for each in await subject.recall(ask(f"harbour {text}")):
            assert sum(each.terms.values()) == pytest.approx(each.score)
