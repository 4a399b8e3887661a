from __future__ import annotations

import pytest
from kingpost import Compressor
from kingpost.testing import CompressorConformance
from kingpost_compressor_structure import provide_compressors


class TestStructure(CompressorConformance):
    @pytest.fixture
    def subject(self) -> Compressor:
        return provide_compressors()[0]
