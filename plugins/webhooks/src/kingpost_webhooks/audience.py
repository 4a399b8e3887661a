"""Who wants which event: couriers by tenant, kind and filter.

Kept by ``outbox``. A filter is looked at once for each event, however many endpoints have the same one.
"""

from __future__ import annotations

from collections.abc import Iterator

from .courier import Courier
from .endpoint import fits
from .notice import Message

Name = tuple[str, str]
"""A tenant and the id of an endpoint."""

_Filter = tuple[tuple[str, str], ...]


class Audience:
    """Couriers that are to be told of events."""

    def __init__(self) -> None:
        self._index: dict[tuple[str, str], dict[_Filter, dict[Name, Courier]]] = {}

    def add(self, name: Name, courier: Courier) -> None:
        """Tell it of what its endpoint wants from now on."""
        for kind in courier.kinds:
            filters = self._index.setdefault((name[0], kind), {})
            filters.setdefault(tuple(courier.endpoint.where.items()), {})[name] = courier

    def drop(self, name: Name, courier: Courier) -> None:
        """Tell it of nothing more; to be called before the endpoint changes."""
        own = tuple(courier.endpoint.where.items())
        for kind in courier.kinds:
            filters = self._index.get((name[0], kind), {})
            if (same := filters.get(own)) is not None:
                same.pop(name, None)
                if not same:
                    del filters[own]

    @property
    def kinds(self) -> set[str]:
        """Every kind that somebody wants."""
        return {kind for _, kind in self._index}

    def of(self, message: Message) -> Iterator[Courier]:
        """Who wants this event."""
        for own, couriers in self._index.get((message.data["tenant"], message.kind), {}).items():
            if fits(message.data, own):
                yield from couriers.values()
