"""What the plugin offers at its doors, asked as the kernel asks."""

from __future__ import annotations

import kingpost_http
from kingpost import Ports
from kingpost_http.settings import Settings


def test_provide_faces_offers_the_face_named_http(ports: Ports) -> None:
    assert [face.name for face in kingpost_http.provide_faces(Settings(), ports)] == ["http"]


def test_provide_operations_offers_its_own_status() -> None:
    (status,) = kingpost_http.provide_operations()

    assert status.operation.id == status.name == "http.status"


def test_provide_commands_offers_serve_and_openapi() -> None:
    """Each with the help that the manifest tells of."""
    assert {one.name: one.command.name for one in kingpost_http.provide_commands()} == {
        "serve": "serve",
        "openapi": "openapi",
    }
