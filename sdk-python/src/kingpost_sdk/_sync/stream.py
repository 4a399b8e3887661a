# Made out of ../_async by `make contracts`; mend it there.
"""Events as they come, each once: goes on behind the last one when the connection breaks, or ends too early.

Made by ``events.stream`` and ``tasks.stream``. The position of the last event is kept here, so a stream that is asked
for more after a failure does not repeat itself.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .. import models
from .._errors import ApiError, ConnectionFailed, StreamInvalid, no_api, parsed
from .._policy import pause, worth_another
from .._settings import Options
from .._sse import Message, Parser
from ._wire import sleep_for
from .resource import DEFAULT, request
from .transport import Transport

ENDS = frozenset({"task.succeeded", "task.failed", "task.cancelled"})
FINAL = frozenset(kind.removeprefix("task.") for kind in ENDS)
_END = "end"


@dataclass(frozen=True, slots=True)
class Speech:
    """What an agent says while it decides: live only, not in the log, and so without an id."""

    kind: str
    data: Any


class Stream:
    """Iterate over it. It ends with the task's last event where it follows one task, and otherwise never by itself."""

    def __init__(self, transport: Transport, asked: dict[str, Any], options: Options | None) -> None:
        self._transport, self._options = transport, options or DEFAULT
        self._task = asked.get("task")
        self._after: str | None = asked.pop("after", None)
        self._asked = asked
        self._ended = False
        self._events: Iterator[models.EventView | Speech] | None = None

    @property
    def last_event_id(self) -> str | None:
        """Where to go on from: hand it to ``after`` of another stream."""
        return self._after

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Follow no more."""
        events, self._events, self._ended = self._events, None, True
        if events is not None:
            events.close()  # type: ignore[attr-defined]  # it is a generator

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> models.EventView | Speech:
        if self._events is None:
            self._events = self._followed()
        return self._events.__next__()

    def _followed(self) -> Iterator[models.EventView | Speech]:
        failures, over = 0, False
        retry = self._transport.settings.retry
        most = retry.retries if self._options.retries is None else self._options.retries
        while True:
            problem: ApiError | ConnectionFailed | None = None
            seen = self._after
            try:
                for item in self._once():
                    failures = 0
                    yield item
            except (ApiError, ConnectionFailed) as failure:
                if isinstance(failure, ApiError) and not worth_another(failure.status, failure.code, {}):
                    raise
                problem = failure
            if self._ended:
                return
            # A clean end before the last event is a break like any other: whoever stood between has closed.
            failures += 1
            if problem is not None and failures > most:
                raise problem
            if problem is None and self._task is not None:
                if over and seen == self._after:
                    return
                over = self._is_final()
            sleep_for(pause(min(failures - 1, 10), {}, retry, random.random(), time.time()))  # noqa: S311 - spreads load, guards nothing

    def _is_final(self) -> bool:
        """Whether the task had ended before the next connection: if that one brings nothing, nothing will come."""
        view = self._transport.read(request("tasks.get", id=self._task), self._options)
        return view.get("status") in FINAL

    def _once(self) -> Iterator[models.EventView | Speech]:
        """What one connection brings."""
        more = {"accept": "text/event-stream", "cache-control": "no-store"}
        if self._after is not None:
            more["last-event-id"] = self._after
        sent = request("events.stream", **self._asked)
        with self._transport.opened(sent, self._options, more) as response:
            if response.status_code == 204:
                self._ended = True
                return
            if response.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/event-stream":
                asked, _ = self._transport.where(sent)
                begun = next(response.iter_bytes(), b"")
                what = f"{asked} is no event stream: it {no_api(response.headers, begun)}"
                raise StreamInvalid(what, response.headers.get("x-request-id"))
            parser = Parser()
            for chunk in response.iter_bytes():
                for message in parser.feed(chunk):
                    if (item := self._read(message)) is not None:
                        yield item
                    if self._ended:
                        return

    def _read(self, message: Message) -> models.EventView | Speech | None:
        if message.event == _END:
            self._ended = True
            return None
        data = parsed(message.data)
        if not isinstance(data, dict):
            raise StreamInvalid(f"the event {message.id or message.event} holds no JSON object")
        if not message.id:
            if message.id == "":
                self._after = None
            return Speech(message.event, data)
        if self._after is not None and not _behind(message.id, self._after):
            return None
        try:
            event = models.EventView.from_dict(data)
        except (KeyError, TypeError, ValueError) as problem:
            raise StreamInvalid(f"the event {message.id} is none: {problem!r}") from problem
        self._after = message.id
        if self._task is not None and message.event in ENDS:
            self._ended = True
        return event


def _behind(id: str, last: str) -> bool:
    """Whether an event comes after the last one; ids are ``position.number``, and others are compared as they are."""
    try:
        return _place(id) > _place(last)
    except ValueError:
        return id != last


def _place(id: str) -> tuple[int, ...]:
    position, _, number = id.partition(".")
    return (int(position), int(number)) if number else (int(position), 1 << 62)
