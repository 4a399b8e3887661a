"""The promises of an ``Embedder``."""

from __future__ import annotations

import math

import pytest

from ...errors import Unavailable
from ...protocols import Embedder
from .ground import STRANGE, Ground, missing


class EmbedderConformance(Ground):
    """Inherit, and override ``subject``; ``dark`` is the embedder with a server that does not answer, if it has one."""

    door = "embedders"

    @pytest.fixture
    def subject(self) -> Embedder:
        """The embedder that is tested, started."""
        missing("subject", "yield a started embedder")

    @pytest.fixture
    def dark(self) -> Embedder | None:
        """The embedder, with a server that does not answer."""
        return None

    @pytest.mark.parametrize("count", [0, 1, 2, 50])
    async def test_there_is_one_vector_for_each_text(self, subject: Embedder, count: int) -> None:
        """One vector for each text, all of one length."""
        assert len(await subject.embed([f"text {number}" for number in range(count)])) == count

    async def test_all_vectors_have_one_length(self, subject: Embedder) -> None:
        """One vector for each text, all of one length."""
        alone = await subject.embed(["harbour"])
        many = await subject.embed(["a", "harbour crane", *STRANGE.values()])

        assert len({len(vector) for vector in (*alone, *many)}) == 1
        assert len(alone[0]) > 0
        assert all(math.isfinite(value) for vector in many for value in vector)

    async def test_a_server_that_does_not_answer_is_unavailable(self, dark: Embedder | None) -> None:
        """Unavailable: the model's server does not answer, with the mend."""
        if dark is None:
            pytest.skip("an embedder without a server")
        with pytest.raises(Unavailable) as caught:
            await dark.embed(["harbour"])
        assert str(caught.value)
