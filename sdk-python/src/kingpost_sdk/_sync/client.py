# Made out of ../_async by `make contracts`; mend it there.
"""The asynchronous client: every noun of the API as an attribute, one pool of connections behind them.

Made by whoever talks to a kingpost server. Knows no operation itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._policy import Retry
from .._settings import Options, Received, settled
from . import resources
from .document import Document
from .resource import DEFAULT
from .transport import Transport

if TYPE_CHECKING:
    from types import TracebackType

    from .plugin import Plugin
    from .worker import Worker, Problem


class Client:
    """Talks to one kingpost server.

    ``url`` and ``token`` come from ``KINGPOST_URL`` and ``KINGPOST_TOKEN`` where they are not given. ``timeout`` is in
    seconds, for each try. Safe to share between tasks; close it, or use it in a ``with`` block.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float | None = None,
        retry: Retry | None = None,
    ) -> None:
        transport = self._transport = Transport(settled(url, token, timeout, retry))
        self._document = Document(transport)
        self.agents = resources.Agents(transport)
        self.artefacts = resources.Artefacts(transport)
        self.calls = resources.Calls(transport)
        self.context = resources.Context(transport)
        self.deliveries = resources.Deliveries(transport)
        self.endpoints = resources.Endpoints(transport)
        self.sources = resources.Sources(transport)
        self.workers = resources.Workers(transport)
        self.events = resources.Events(transport)
        self.heads = resources.Heads(transport)
        self.http = resources.Http(transport)
        self.jobs = resources.Jobs(transport)
        self.letters = resources.Letters(transport)
        self.log = resources.Log(transport)
        self.memory = resources.Memory(transport)
        self.plugins = resources.Plugins(transport)
        self.schedules = resources.Schedules(transport)
        self.system = resources.System(transport)
        self.tasks = resources.Tasks(transport)
        self.tenants = resources.Tenants(transport)
        self.tokens = resources.Tokens(transport)
        self.tools = resources.Tools(transport)

    @property
    def position(self) -> int:
        """The newest position of the log that an answer has told; every request is answered at least as new."""
        return self._transport.position

    @position.setter
    def position(self, position: int) -> None:
        """Carry a position over from another client, or 0 after the server was restored from a backup."""
        self._transport.position = position

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        query: Mapping[str, Any] | None = None,
        options: Options | None = None,
    ) -> Received:
        """Any request to the server, with everything that the operations have: token, retries, key, position.

        Raises:
            ApiError: the server refused.
            ConnectionFailed: nobody answered.
        """
        sent: dict[str, Any] = {"method": method, "url": path, "params": query}
        if json is not None:
            sent["json"] = json
        return self._transport.ask(sent, options or DEFAULT)

    def plugin(self, name: str) -> Plugin:
        """The operations that an installed plugin brings, checked against the server's own document."""
        from .plugin import Plugin  # what this and a worker need is loaded when it is used

        return Plugin(name, self._transport, self._document)

    def document(self) -> dict[str, Any]:
        """The server's OpenAPI document, with the operations of its plugins; asked for once.

        Asked for again by ``plugin`` where an operation or an argument is not in it.
        """
        return self._document.kept or self._document.newer(None)

    def worker(
        self,
        *,
        name: str = "",
        parallel: int = 1,
        ttl: float = 60.0,
        wait: float = 10.0,
        on_problem: Problem | None = None,
    ) -> Worker:
        """A worker, which serves agents and tools from this process: see ``AsyncWorker``."""
        from .worker import Worker, Terms

        terms = Terms(name=name, parallel=parallel, ttl=ttl, wait=wait, on_problem=on_problem)
        return Worker(self.workers, self._transport.settings, terms)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
