"""Which endpoint a method and a path lead to: out of a dictionary, or by the segments of the path.

Made by the face out of the kernel's table; asked by the edge for every request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kingpost import Kernel

from .endpoint import Endpoint
from .problem import Refusal

VERSION = "/v1"


class Routes:
    """Every endpoint, by path and method."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self.endpoints = tuple(endpoints)
        self._static: dict[bytes, dict[str, Endpoint]] = {}
        self._one_of: dict[bytes, dict[str, Endpoint]] = {}
        self._patterns: dict[int, list[tuple[tuple[bytes | None, ...], dict[str, Endpoint]]]] = {}
        for endpoint in self.endpoints:
            self._add(endpoint)

    def _add(self, endpoint: Endpoint) -> None:
        path = f"{VERSION}{endpoint.path}".encode()
        if not endpoint.names:
            self._static.setdefault(path, {})[endpoint.method] = endpoint
            return
        before, _, last = path.rpartition(b"/")
        if last.startswith(b"{") and b"{" not in before:
            self._one_of.setdefault(before, {})[endpoint.method] = endpoint
            return
        parts = tuple(None if part.startswith(b"{") else part for part in path.split(b"/"))
        known = self._patterns.setdefault(len(parts), [])
        methods = next((methods for pattern, methods in known if pattern == parts), None)
        if methods is None:
            methods = {}
            known.append((parts, methods))
            # What names more is looked at first.
            known.sort(key=lambda entry: entry[0].count(None))
        methods[endpoint.method] = endpoint

    def known(self, method: str, path: bytes) -> tuple[Endpoint, Sequence[bytes]] | None:
        """The endpoint, and the raw segments that stand for its parameters; ``None`` where there is none."""
        found = self._methods(path)
        endpoint = None if found is None else found[0].get(method)
        return None if found is None or endpoint is None else (endpoint, found[1])

    def find(self, method: str, path: bytes) -> tuple[Endpoint, Sequence[bytes]]:
        """The same where there must be one.

        Raises:
            Refusal: 404 for a path that is none, 405 for a method that it does not take.
        """
        if (found := self.known(method, path)) is None:
            allowed = self.allowed(path)
            raise Refusal(405, "http.method", f"this path takes {allowed.decode()}, not {method}", (b"allow", allowed))
        return found

    def allowed(self, path: bytes) -> bytes:
        """The methods that a path takes.

        Raises:
            Refusal: 404, it is none.
        """
        found = self._methods(path)
        if found is None:
            raise Refusal(404, "http.path", "there is nothing at this path; /docs lists what there is")
        methods = found[0]
        return ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"})).encode()

    def _methods(self, path: bytes) -> tuple[dict[str, Endpoint], Sequence[bytes]] | None:
        if (methods := self._static.get(path)) is not None:
            return methods, ()
        before, _, last = path.rpartition(b"/")
        if last and (methods := self._one_of.get(before)) is not None:
            return methods, (last,)
        parts = path.split(b"/")
        for pattern, methods in self._patterns.get(len(parts), ()):
            found = []
            for wanted, part in zip(pattern, parts, strict=True):
                if wanted is None and part:
                    found.append(part)
                elif wanted != part:
                    break
            else:
                return methods, found
        return None


def routes(kernel: Kernel) -> Routes:
    """The routes of every operation that has one."""
    return Routes(Endpoint(operation, plugin) for operation, plugin in kernel.offered() if operation.route)
