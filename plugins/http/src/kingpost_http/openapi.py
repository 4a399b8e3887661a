"""The OpenAPI document, version 3.1, out of the kernel's table of operations. Never written by hand.

Called by ``kingpost openapi``, by the page ``/openapi.json`` and by the test that compares it with ``contracts/``.
"""

from __future__ import annotations

import json
from typing import Any

from kingpost import Kernel


def described(kernel: Kernel) -> bytes:
    """The document as bytes: keys sorted, a newline at the end."""
    document: dict[str, Any] = {"openapi": "3.1.0"}
    return (json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()
