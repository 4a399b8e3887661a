"""A server that speaks Ollama's protocol, small and without a model.

Tests start it in their own event loop, on a free port of the loopback, and put into ``script`` what it answers to the
next chats, into ``faults`` what it answers to a path. Else it answers a chat by quoting the first passage. As a program
it prints its port and serves until it is killed::

    python ollama_server.py --port 0 [--model NAME] [--answer TEXT] [--call TOOL ARGUMENTS] [--delay SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_PASSAGE = re.compile(r'<passage id="([^"]*)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)


@dataclass
class Reply:
    """How to answer one request: ``lines`` of a stream, or one ``body`` with a ``status``.

    ``cut`` is how many bytes go out at a time, ``delay`` how many seconds lie before each. The stream ends as HTTP
    wants it (``whole``), with the connection closed in its middle (``broken``), or never (``hangs``).
    """

    lines: Sequence[Json | bytes] = ()
    body: Json | bytes | None = None
    status: int = 200
    cut: int = 1 << 20
    delay: float = 0.0
    end: str = "whole"


@dataclass
class OllamaServer:
    """The server. ``seen`` holds every request; ``aborted`` is set once a client has broken a stream off."""

    models: dict[str, Json] = field(default_factory=dict)
    answer: str | None = None
    call: tuple[str, Json] | None = None
    delay: float = 0.0
    script: list[Reply] = field(default_factory=list)
    faults: dict[str, Reply] = field(default_factory=dict)
    seen: list[tuple[str, Json]] = field(default_factory=list)
    aborted: asyncio.Event = field(default_factory=asyncio.Event)
    keys: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Json]:
        """The bodies that came to a path."""
        return [body for seen, body in self.seen if seen == path]

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[OllamaServer]:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                key = re.search(rb"\r\nauthorization: ([^\r]*)", head, re.IGNORECASE)
                self.keys.append(key.group(1).decode() if key else "")
                raw = await reader.readexactly(int(length.group(1))) if length else b""
                body = json.loads(raw) if raw else {}
                self.seen.append((path, body))
                reply = self.faults.get(path)
                if reply is None and self.script and path == "/api/chat":
                    reply = self.script.pop(0)
                if reply is None:
                    reply = self._reply(method, path, body)
                if not await self._send(reply, reader, writer):
                    break
        self._open.discard(writer)
        writer.close()

    async def _send(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if reply.body is not None:
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            await asyncio.sleep(reply.delay)
            kind = "application/json; charset=utf-8"
            head = f"HTTP/1.1 {reply.status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
            writer.write(head.encode() + content)
            await writer.drain()
            return True
        gone = asyncio.ensure_future(reader.read(1))
        stream = asyncio.ensure_future(self._stream(reply, writer))
        await asyncio.wait({gone, stream}, return_when=asyncio.FIRST_COMPLETED)
        if stream.done():
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
            return stream.result()
        stream.cancel()
        self.aborted.set()
        return False

    async def _stream(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(reply.delay)
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        content = b"".join(
            line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in reply.lines
        )
        for start in range(0, len(content), reply.cut):
            part = content[start : start + reply.cut]
            writer.write(b"%x\r\n%b\r\n" % (len(part), part))
            await writer.drain()
            await asyncio.sleep(reply.delay)
        if reply.end == "hangs":
            await asyncio.Event().wait()
        if reply.end == "whole":
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return reply.end == "whole"

    def _reply(self, method: str, path: str, body: Json) -> Reply:
        if (method, path) == ("GET", "/api/version"):
            return Reply(body={"version": "0.12.6"})
        if (method, path) == ("GET", "/api/tags"):
            keys = ("name", "model", "modified_at", "size", "digest", "details")
            return Reply(body={"models": [{key: each[key] for key in keys} for each in self.models.values()]})
        if method != "POST" or path not in ("/api/show", "/api/chat", "/api/embed"):
            return Reply(status=404, body=b"404 page not found")
        name = str(body.get("model"))
        model = self.models.get(name) or self.models.get(f"{name}:latest")
        if model is None:
            return Reply(status=404, body={"error": f"model '{name}' not found"})
        if path == "/api/show":
            return Reply(body={key: model[key] for key in ("details", "model_info", "capabilities", "template")})
        return self._embedded(body) if path == "/api/embed" else self._chat(body, model)

    def _embedded(self, body: Json) -> Reply:
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        vectors = [[len(text) / 100, sum(map(ord, text)) % 97 / 97, 1.0] for text in texts]
        return Reply(body={"model": body["model"], "embeddings": vectors, "prompt_eval_count": len(texts)})

    def _chat(self, body: Json, model: Json) -> Reply:
        size = body.get("options", {}).get("num_ctx", 4096)
        read = sum(len(str(message.get("content", ""))) // 4 for message in body["messages"]) + 1
        if body.get("tools") and "tools" not in model["capabilities"]:
            return Reply(
                status=400, body={"error": f"registry.ollama.ai/library/{body['model']} does not support tools"}
            )
        if read >= size:
            if body.get("truncate", True):
                read = size
            else:
                said = f"request ({read} tokens) exceeds the available context size ({size} tokens), try increasing it"
                return Reply(status=400, body={"error": said})
        if self.call and body.get("tools") and body["messages"][-1]["role"] != "tool":
            calls = [{"function": {"name": self.call[0], "arguments": self.call[1]}}]
            return Reply([piece(tool_calls=calls), last(read=read)], delay=self.delay)
        words = re.findall(r"\S+\s*", self.answer if self.answer is not None else quoted(body["messages"]))
        return Reply([*(piece(word) for word in words), last(read=read, written=len(words))], cut=64, delay=self.delay)


def quoted(messages: Sequence[Json]) -> str:
    """An answer that cites: the first line of the first passage, or of what the last tool answered."""
    if messages[-1]["role"] == "tool":
        return f"The tool said: {messages[-1]['content']}"
    passage = _PASSAGE.search("\n".join(message["content"] for message in messages if message["role"] == "user"))
    if passage is None:
        return "There is no passage that says so."
    return f"It says: {passage.group(2).strip().splitlines()[0]} [{passage.group(1)}]"


def piece(content: str = "", **more: Any) -> Json:
    """One line of a chat stream."""
    return {
        "model": "crane",
        "created_at": "2025-07-07T20:22:19.184789Z",
        "message": {"role": "assistant", "content": content, **more},
        "done": False,
    }


def last(reason: str = "stop", read: int | None = 26, written: int | None = 5) -> Json:
    """The line that ends a chat stream; counts of zero are left out, as Ollama does."""
    counts = {"prompt_eval_count": read, "eval_count": written}
    return {
        **piece(),
        "done_reason": reason,
        "done": True,
        "total_duration": 4883583458,
        "load_duration": 1334875,
        "prompt_eval_duration": 342546000,
        "eval_duration": 4535599000,
        **{key: count for key, count in counts.items() if count},
    }


def model(
    name: str,
    capabilities: Sequence[str] = ("completion", "tools"),
    context: int = 131_072,
    modified: str = "2025-05-04T17:37:44.706015396-07:00",
    family: str = "llama",
) -> Json:
    """An installed model, as ``/api/tags`` and ``/api/show`` tell of it together."""
    return {
        "name": name,
        "model": name,
        "modified_at": modified,
        "size": 2019393189,
        "digest": "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72",
        "details": {
            "parent_model": "",
            "format": "gguf",
            "family": family,
            "families": [family],
            "parameter_size": "3.2B",
            "quantization_level": "Q4_K_M",
        },
        "model_info": {"general.architecture": family, f"{family}.context_length": context},
        "capabilities": list(capabilities),
        "template": "{{ if .Tools }}{{ .Tools }}{{ end }}{{ .Prompt }}",
    }


def installed(*names: str) -> dict[str, Json]:
    """A few models: those named, and one that only embeds."""
    listed = [model(name if ":" in name else f"{name}:latest") for name in names]
    listed.append(model("nomic-embed-text:latest", ("embedding",), 2048, "2099-01-01T00:00:00Z", "nomic-bert"))
    return {each["name"]: each for each in listed}


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", default="llama3.2")
    parser.add_argument("--answer")
    parser.add_argument("--call", nargs=2, metavar=("TOOL", "ARGUMENTS"))
    parser.add_argument("--delay", type=float, default=0.0)
    chosen = parser.parse_args()
    call = (chosen.call[0], json.loads(chosen.call[1])) if chosen.call else None
    server = OllamaServer(models=installed(chosen.model), answer=chosen.answer, call=call, delay=chosen.delay)
    async with server.serve(chosen.port):
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
