"""A reader at a keyboard: an empty folder, a home of its own, one shell, and an eye that compares.

Called by ``test_pages``, once for each page. The shell stays the same from step to step, so ``cd``, variables and
jobs go on. What may be installed goes into an environment that looks like the project's own and is thrown away.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Self

from tests.docs.pages import Step

HOME = "/home/you"
"""How the pages call the home folder of the reader, who works in ``project`` below it."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_HASH = r"\b[0-9a-f]{16,64}\b"
_LOOSE = re.compile(rf"(?P<any>\.\.\.)|(?P<id>{_UUID})|(?P<time>{_TIME})|(?P<hash>{_HASH})")


class Reader:
    """Does what a page says. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._home = folder
        self.folder = folder / "project"
        self.folder.mkdir()
        self._ids: dict[str, str] = {}
        self._environ = _environment(folder)

    def __enter__(self) -> Self:
        script, self._script = os.pipe()
        # The commands come in by a pipe of their own, so that none of them can read those behind it.
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc", f"/dev/fd/{script}"],
            cwd=self.folder, env=self._environ, pass_fds=[script], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        os.close(script)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._script)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.communicate()

    def write(self, file: str, text: str) -> None:
        """Make a file in the folder."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def do(self, command: str) -> tuple[str, int]:
        """What a command prints, and its exit code."""
        command = re.sub(r"\b[0-9a-f-]{6,36}\b", lambda word: self._real(word.group()), command)
        os.write(self._script, f"{command}\n{{ s=$?; printf '\\0%s\\0' $s; (exit $s); }}\n".encode())
        raw = b""
        while raw.count(b"\0") < 2:
            assert self._shell.stdout is not None
            if not (chunk := os.read(self._shell.stdout.fileno(), 1 << 16)):
                raise AssertionError(f"the shell ended in {command!r}")
            raw += chunk
        output, code, _ = raw.decode(errors="replace").split("\0")
        return output.replace(str(self._home), HOME), int(code)

    def follow(self, step: Step) -> None:
        """Do a step and compare. Remembers ids: where the page goes on to name its id, the real one is meant."""
        output, code = self.do(step.command)
        if not step.output:
            assert code == 0, f"{step.place}: {step.command!r} left with {code}: {output}"
        found = re.fullmatch(self._pattern(step.output), _tidy(output), re.DOTALL)
        if found is None:
            raise AssertionError(f"{step.place}: {step.command}\n--- the page\n{step.output}--- what came\n{output}")
        self._ids |= {_shown(name): real for name, real in found.groupdict().items()}

    def _real(self, word: str) -> str:
        """The id that a page means, which it may shorten to its end."""
        return next((real for shown, real in self._ids.items() if shown.endswith(word)), word)

    def _pattern(self, shown: str) -> str:
        """The page's output as a pattern: ``...`` is anything, ids, times and hashes are any of their kind."""
        parts, done = [], 0
        text = _tidy(shown)
        named: set[str] = set()
        for loose in _LOOSE.finditer(text):
            parts.append(re.escape(text[done : loose.start()]))
            done = loose.end()
            name = f"id_{loose.group().replace('-', '_')}"
            if loose["any"]:
                parts.append(".*?")
            elif loose["time"]:
                parts.append(_TIME)
            elif loose["hash"]:
                parts.append(_HASH)
            elif loose.group() in self._ids:
                parts.append(re.escape(self._ids[loose.group()]))
            elif name in named:
                parts.append(f"(?P={name})")
            else:
                named.add(name)
                parts.append(f"(?P<{name}>{_UUID})")
        return "".join([*parts, re.escape(text[done:])])


def _shown(name: str) -> str:
    return name.removeprefix("id_").replace("_", "-")


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _environment(home: Path) -> dict[str, str]:
    """Variables of a fresh user whose Python sees what ours sees, and into which a plugin can be installed."""
    place = home / ".env"
    venv.EnvBuilder(symlinks=True).create(place)
    ours = Path(sysconfig.get_path("purelib"))
    theirs = next(place.glob("lib/python*/site-packages"))
    for entry in ours.iterdir():
        if entry.suffix == ".dist-info":
            # uv takes a link for no distribution.
            shutil.copytree(entry, theirs / entry.name, copy_function=os.symlink)
        else:
            (theirs / entry.name).symlink_to(entry)
    kingpost = place / "bin/kingpost"
    kingpost.write_text(f"#!{place}/bin/python\nfrom kingpost.cli import main\n\nmain()\n")
    kingpost.chmod(0o755)
    (place / "bin/uv").symlink_to(Path(sys.executable).parent / "uv")
    return {
        "PATH": f"{place}/bin:{os.defpath}",
        "HOME": str(home),
        "VIRTUAL_ENV": str(place),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "120",
        "OLLAMA_HOST": "127.0.0.1:9",  # where nobody listens
        "UV_OFFLINE": "1",
        "UV_NO_CONFIG": "1",
        "UV_CACHE_DIR": str(home / ".uv"),
    }
