"""The promises of a ``Face``."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ...ports import Ports
from ...protocols import Face
from ..kernel import open_kernel
from .ground import Ground, missing


class FaceConformance(Ground):
    """Inherit, and override ``subject`` and ``reach``."""

    door = "faces"

    @pytest.fixture
    def subject(self) -> Face:
        """The face that is tested, not open."""
        missing("subject", "return a face that is not open, on a free port of loopback")

    @pytest.fixture
    def reach(self) -> Callable[[Face], Awaitable[bool]]:
        """How somebody outside sees whether an open face lets them in."""
        missing("reach", "return an async function that takes the face and says whether it answers")

    async def test_others_can_come_when_it_is_open_and_not_once_it_is_closed(
        self, subject: Face, reach: Callable[[Face], Awaitable[bool]]
    ) -> None:
        """Let others in; they can come when this returns. Closing twice is no error."""
        with tempfile.TemporaryDirectory() as folder:
            async with open_kernel(ports=Ports(home=Path(folder))) as opened:
                await opened.kernel.reception()
                await subject.open(opened.kernel)
                assert await reach(subject)
                await subject.close()
                await subject.close()
                assert not await reach(subject)
