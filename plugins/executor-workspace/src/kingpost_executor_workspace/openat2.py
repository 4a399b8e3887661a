"""The Linux call that resolves a whole path below a folder, in one step that no race can get into.

Called by ``beneath``. Python has no name for it, so it is called by its number, which is the same everywhere
(Linux 5.6 and later; what is added since 5.1 has one number for all architectures).
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from typing import Any

_NUMBER = 437
_NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x02, 0x04, 0x08
# The kernel gives up where a folder is moved while it walks; that passes.
_TRIES = 32


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


@cache
def available() -> bool:
    """True where this process may use the call: old kernels do not have it, and some containers forbid it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        root = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.close(open_beneath(root, b".", os.O_RDONLY | os.O_DIRECTORY))
        finally:
            os.close(root)
    except OSError:
        return False
    return True


def open_beneath(folder: int, path: bytes, flags: int) -> int:
    """A descriptor of what ``path`` names below ``folder``, with no link on the way.

    Raises:
        OSError: as ``openat`` does; ELOOP for a link, EXDEV for a way out.
    """
    how = _How(flags | os.O_CLOEXEC, 0, _NO_MAGICLINKS | _NO_SYMLINKS | _BENEATH)
    code = errno.EAGAIN
    for _ in range(_TRIES):
        opened: int = _libc().syscall(_NUMBER, folder, path, ctypes.byref(how), ctypes.sizeof(how))
        if opened >= 0:
            return opened
        code = ctypes.get_errno()
        if code not in (errno.EAGAIN, errno.EINTR):
            break
    raise OSError(code, os.strerror(code), os.fsdecode(path))


@cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)
    libc.syscall.restype = ctypes.c_long
    return libc
