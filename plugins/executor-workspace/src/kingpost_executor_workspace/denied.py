"""What an agent is told when a call cannot be done: a code, and what to do about it."""

from __future__ import annotations

import errno
import unicodedata

ARGUMENTS = "tool.arguments"
UNKNOWN = "tool.unknown"
NO_WORKSPACE = "tool.no_workspace"
NOT_FOUND = "tool.not_found"
REFUSED = "tool.refused"
UNREADABLE = "tool.unreadable"
TOO_LARGE = "tool.too_large"
TIMEOUT = "tool.timeout"
FAILED = "tool.failed"

_WORDS = {
    errno.ENOENT: (NOT_FOUND, "does not exist; list_files shows what does"),
    errno.ENOTDIR: (REFUSED, "leads through something that is no folder; links are not followed"),
    errno.EISDIR: (REFUSED, "is a folder"),
    errno.ELOOP: (REFUSED, "is a link or leads through one; links are not followed"),
    errno.EMLINK: (REFUSED, "is a link or leads through one; links are not followed"),
    errno.EXDEV: (REFUSED, "leads out of the workspace"),
    errno.ENXIO: (REFUSED, "is a socket or a device, not a file"),
    errno.ENODEV: (REFUSED, "is a device, not a file"),
    errno.EACCES: (REFUSED, "may not be opened by this user"),
    errno.EPERM: (REFUSED, "may not be changed by this user"),
    errno.EROFS: (REFUSED, "lies on a file system that cannot be written"),
    errno.ENAMETOOLONG: (ARGUMENTS, "is too long for a path"),
    errno.EILSEQ: (ARGUMENTS, "holds characters that a file name cannot have here"),
    errno.EAGAIN: (FAILED, "is being moved all the time; try again"),
    errno.ENOSPC: (FAILED, "cannot be written, the disk is full"),
    errno.EDQUOT: (FAILED, "cannot be written, the quota is used up"),
}


class Denied(Exception):
    """A call that ends as an observation with an error."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def because(problem: OSError, path: str) -> Denied:
    """What the system said, in words."""
    other = (FAILED, f"cannot be used ({problem.strerror or type(problem).__name__})")
    code, words = _WORDS.get(problem.errno or 0, other)
    return Denied(code, f"{path!r} {words}")


def shown(name: str) -> str:
    """A file's name as text on one line: what is no character, or would act on a terminal, is written out."""
    return "".join(char.encode("unicode_escape").decode() if _acts(char) else char for char in name)


def _acts(char: str) -> bool:
    return char in _TURNING or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


# Marks that turn the direction of writing, and with it what a reader takes for a name.
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
