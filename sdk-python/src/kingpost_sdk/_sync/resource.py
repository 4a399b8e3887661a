# Made out of ../_async by `make contracts`; mend it there.
"""What the resources of a client have in common: an operation of the ground floor, asked over the transport."""

from __future__ import annotations

from collections.abc import Iterator, Callable
from importlib import import_module
from typing import Any, Generic, TypeVar

from .._errors import AnswerInvalid, read
from .._settings import Options
from .transport import Transport

DEFAULT = Options()


T = TypeVar("T")
Item = TypeVar("Item")


class Resource:
    """One noun of the API. Made by the client."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _ask(self, operation: str, shape: type[T], options: Options | None, /, **given: Any) -> T:
        sent = request(operation, **given)
        received = self._transport.ask(sent, options or DEFAULT)
        if shape is bytes:
            return received.content  # type: ignore[return-value]  # the shape says so
        asked, url = self._transport.where(sent)
        found = read(asked, url, received.status, received.headers, received.content)
        try:
            made: T = shape.from_dict(found)  # type: ignore[attr-defined]  # every model has it
        except (AttributeError, KeyError, TypeError, ValueError) as odd:
            detail = f"{asked} got JSON that is no {shape.__name__}: {type(odd).__name__}: {odd}"
            raise AnswerInvalid(received.status, url, detail, received.request_id, received.content) from odd
        return made


class Pages(Generic[Item]):
    """All items of a list that comes in pages, one page at a time, as they are asked for."""

    def __init__(self, page: Callable[[Any], Any], items: str, after: Callable[[Any], Any], first: Any = None) -> None:
        self._page, self._items, self._after, self._first = page, items, after, first

    def __iter__(self) -> Iterator[Item]:
        after = self._first
        while True:
            page = self._page(after)
            for item in getattr(page, self._items):
                yield item
            following = self._after(page)
            if not following or following == after:
                return
            after = following


def request(operation: str, /, **given: Any) -> dict[str, Any]:
    """The request of an operation, as the ground floor makes it; what is ``None`` is left out."""
    noun, verb = operation.split(".", 1)
    module = import_module(f"kingpost_sdk._generated.api.{noun}.{noun}_{verb}")
    try:
        made: dict[str, Any] = module._get_kwargs(**present(given))  # noqa: SLF001 - the ground floor is ours
    except AttributeError as problem:
        if problem.name != "to_dict":
            raise
        got = type(problem.obj).__name__
        raise TypeError(f"{operation} takes a record of kingpost_sdk.models where it was given a {got}") from None
    return made


def present(given: dict[str, Any]) -> dict[str, Any]:
    """What was said: ``None`` says nothing."""
    return {name: value for name, value in given.items() if value is not None}
