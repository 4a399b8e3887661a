"""What tells that something went wrong, in logs and in tables that are logs.

Called by ``log`` and ``odd``.
"""

from __future__ import annotations

import re

_ERROR = re.compile(
    r"\b(?i:error|err|erro|fatal|critical|crit|emerg|alert|severe|panic|panicked|exception|traceback|failed|failure"
    r"|segfault|abort|aborted|assert|oom|killed|denied|refused|rejected|timeout|timed out|unreachable|unhandled|unable"
    r"|cannot|could not|deadlock|corrupt|corrupted|fehler|erreur|errore|fout|ошибка)\b|[A-Za-z](?:Error|Exception)\b"
    r"|错误|錯誤|エラー|오류"
)
_WARNING = re.compile(
    r"\b(?:warn(?:ing|ung)?|avertissement|advertencia|aviso|предупреждение)\b|警告|경고", re.IGNORECASE
)
_CALM = re.compile(r"\b(?:TRACE|DEBUG|INFO|NOTICE)\b")
WARNED, _SAID_CALMLY = 0.8, 0.85
"""To an error: a warning, a mishap that is no error."""


def mishap(said: str) -> float:
    """What a record is worth for telling of an error or a warning; 0 where it tells of none."""
    if _ERROR.search(said):
        return _SAID_CALMLY if _CALM.search(said) else 1.0
    return WARNED if _WARNING.search(said) else 0.0
