"""Walking the folders of a workspace in a fixed order, and which names a pattern means.

Called by ``executor`` and ``search`` in a thread.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase

from kingpost import Record

from .beneath import Beneath, Parts, sort_of
from .bounds import Deadline, Output
from .denied import Denied, shown
from .writing import unfinished

# Their content is the business of git, and would bury what was looked for.
_SKIPPED = frozenset({".git"})


class Entry(Record):
    """Something in a folder. ``found`` is the status of the name itself, never of a link's target."""

    parts: Parts
    found: os.stat_result

    @property
    def is_folder(self) -> bool:
        """True for a folder, false for a link to one."""
        return stat.S_ISDIR(self.found.st_mode)

    @property
    def is_file(self) -> bool:
        """True for a regular file."""
        return stat.S_ISREG(self.found.st_mode)


def entries(workspace: Beneath, top: Parts, deadline: Deadline, *, recursive: bool) -> Iterator[Entry]:
    """What lies in a folder, by name; with ``recursive`` all below it, each folder before its content.

    A folder below that cannot be opened, or went away, is left out.

    Raises:
        Denied: ``top`` cannot be listed, or the time is up.
    """
    waiting = [iter(_inside(workspace, top, deadline))]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        deadline.check()
        yield entry
        if recursive and entry.is_folder and entry.parts[-1] not in _SKIPPED:
            try:
                waiting.append(iter(_inside(workspace, entry.parts, deadline)))
            except Denied:
                deadline.check()


def _inside(workspace: Beneath, folder: Parts, deadline: Deadline) -> list[Entry]:
    found = []
    with workspace.folder(folder) as descriptor:
        for name in sorted(os.listdir(descriptor)):  # noqa: PTH208 - a descriptor is no path
            deadline.check()
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except OSError:
                continue
            if not unfinished(name):
                found.append(Entry((*folder, name), status))
    return found


def fits(parts: Parts, pattern: str) -> bool:
    """True when a pattern means this path: ``*.md`` by the name alone, ``docs/**/*.md`` by all of it."""
    if not pattern:
        return True
    wanted = tuple(part for part in pattern.split("/") if part not in ("", "."))
    if len(wanted) == 1:
        return fnmatchcase(parts[-1], wanted[0])
    # All places in the pattern at which the path may stand: a time that no pattern can blow up.
    places = _with_skips({0}, wanted)
    for part in parts:
        stay = {place for place in places if place < len(wanted) and wanted[place] == "**"}
        moved = {place + 1 for place in places - stay if place < len(wanted) and fnmatchcase(part, wanted[place])}
        places = _with_skips(stay | moved, wanted)
    return len(wanted) in places


def _with_skips(places: set[int], wanted: Parts) -> set[int]:
    """The places, and those behind every ``**``, which may mean no folder at all."""
    found = set(places)
    for place in sorted(places):
        following = place
        while following < len(wanted) and wanted[following] == "**":
            following += 1
            found.add(following)
    return found


def listed(
    workspace: Beneath, top: Parts, pattern: str, most: int, deadline: Deadline, *, recursive: bool
) -> tuple[str, bool]:
    """One line for each entry, its path from the workspace first, and whether some had no room."""
    output = Output(most)
    count = 0
    for entry in entries(workspace, top, deadline, recursive=recursive):
        if pattern and (entry.is_folder or not fits(entry.parts[len(top) :], pattern)):
            continue
        count += 1
        if not output.add(_line(entry)):
            break
    if output.is_cut():
        return output.text(f"[cut after {count} entries; narrow it with a folder or a pattern]"), True
    return output.text("" if count else "[nothing]"), False


def _line(entry: Entry) -> str:
    path = shown("/".join(entry.parts))
    if entry.is_folder:
        return f"{path}/\n"
    if entry.is_file:
        return f"{path}\t{entry.found.st_size} bytes\n"
    return f"{path}\t{sort_of(entry.found.st_mode)}, not followed\n"
