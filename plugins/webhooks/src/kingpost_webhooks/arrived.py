"""A request as it arrived: headers and raw body, and the refusal that everything wrong with it becomes.

Made by whoever receives it, read by ``schemes`` and ``receive``. Never parses the body.
"""

from __future__ import annotations

from collections.abc import Iterable

from kingpost import InputError, Record

_LONGEST = 8192
_MOST = 200


class Refusal(InputError):
    """A delivery is not accepted, and nothing was done with it. ``status`` is the HTTP status that says so."""

    code = "webhook.refused"

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status


class Headers:
    """Headers by lower-case name. One that came twice has no single value, so whoever reads it is refused."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[bytes]] = {}
        for count, (name, value) in enumerate(raw):
            if count >= _MOST:
                raise Refusal(431, f"more than {_MOST} headers")
            self._values.setdefault(name.decode("latin-1").lower(), []).append(value)

    @classmethod
    def of(cls, headers: Iterable[tuple[str, str]]) -> Headers:
        """Headers out of text."""
        return cls((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers)

    def get(self, name: str) -> str | None:
        """The value of a header, or ``None``.

        Raises:
            Refusal: it came twice, is too long, or is not visible ASCII.
        """
        values = self._values.get(name.lower())
        if values is None:
            return None
        if len(values) > 1:
            raise Refusal(400, f"the header {name} came twice")
        value = values[0].strip(b" \t")
        if len(value) > _LONGEST or not value.isascii() or any(byte < 32 or byte == 127 for byte in value):
            raise Refusal(400, f"the header {name} is too long, or not visible ASCII")
        return value.decode("ascii")

    def need(self, name: str, status: int = 401) -> str:
        """The value of a header.

        Raises:
            Refusal: it is missing, empty, or cannot be read.
        """
        value = self.get(name)
        if not value:
            raise Refusal(status, f"the header {name} is missing")
        return value


class Arrived(Record):
    """What came in: headers, and every byte of the body as it was sent."""

    headers: Headers
    body: bytes
