"""Whether what came from an agent or a tool is what it promised, before anything is made of it.

Called by ``turn``. Types are only hints to a plugin; what is wrong here would else be found when it is written down,
or when it is read again after a crash. Names what is wrong, and leaves it to the caller to blame somebody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from ..errors import InvalidRequest
from ..records.action import Action, Answer, Calls, HandedIn, Made, Observation, Pending, Usage
from ..records.codec import adapter
from ..records.speech import Checkpoint, Speech, Text, Thought, ToolNote, UsageNote
from .gear import Bounds
from .journal import check_depth, readable
from .told import told

NAME_CHARS = 128
"""The longest id of a call, and the longest name of a tool or of an error."""

FILE_NAME_CHARS = 200
"""The longest name of a file that is handed in."""

BYTES_FOR_CHARACTER = 4
MOST = 10**15
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]{0,126}/[A-Za-z0-9][\w!#$&^.+-]{0,126}", re.ASCII)
_SPOKEN: Mapping[type, Collection[str]] = {
    Text: ("text",), Thought: ("text",), ToolNote: ("tool", "text"), Checkpoint: ("mark",)
}  # fmt: skip


class Unsound(Exception):
    """What came is not what was promised; the message follows on the name of whoever sent it."""


def action(came: object, bounds: Bounds) -> Action:
    """The decision as it will stand in the log, and as it will be read from there.

    Raises:
        Unsound: it is none, or is out of its bounds.
    """
    if type(came) is Answer:
        _of_action(came, bounds)
        if came.sources == () and came.artefacts == () and came.opaque == {} and came.kind == "answer":
            return came
    elif type(came) is Calls:
        _of_action(came, bounds)
        _of_calls(came, bounds)
    else:
        raise Unsound(f"decided {type(came).__name__}, neither Answer nor Calls")
    return _read_back(came, bounds)


def _of_action(came: Answer | Calls, bounds: Bounds) -> None:
    if not isinstance(came.text, str):
        raise Unsound(f"said {type(came.text).__name__} instead of a text")
    if len(came.text) > bounds.answer_bytes:
        raise Unsound(f"said {len(came.text):,} characters, more than {bounds.answer_bytes:,}")
    usage(came.usage)


def usage(came: object) -> None:
    """See that this is what a turn may have cost: whole numbers, none below 0, for nothing comes back to a grant.

    Raises:
        Unsound: it is not.
    """
    if type(came) is not Usage or not isinstance(came.prices, str | None):
        raise Unsound(f"reported a usage that is none ({type(came).__name__})")
    for name in ("input_tokens", "output_tokens", "money"):
        amount = getattr(came, name)
        if amount is not None and (type(amount) is not int or not 0 <= amount <= MOST):
            raise Unsound(f"reported {_shown(amount)} {name}; they are whole numbers from 0 to {MOST}")


def _of_calls(came: Calls, bounds: Bounds) -> None:
    if type(came.calls) not in (tuple, list):
        raise Unsound(f"made {type(came.calls).__name__} for calls")
    ids = [call.id for call in came.calls]
    names = [call.tool for call in came.calls]
    if len(ids) > bounds.calls:
        raise Unsound(f"made {len(ids)} calls in one turn, more than {bounds.calls}")
    for what, given in (("an id", ids), ("a tool's name", names)):
        for name in given:
            if not is_name(name):
                raise Unsound(f"made a call with {_shown(name)} for {what}, not 1 to {NAME_CHARS} printable characters")
    if not ids or len(set(ids)) != len(ids):
        raise Unsound(f"made {len(ids)} calls with {len(set(ids))} different ids in one turn")


def is_name(value: Any, longest: int = NAME_CHARS) -> bool:
    """Whether a header can hold this: a short text that is text."""
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _read_back(came: Answer | Calls, bounds: Bounds) -> Action:
    codec = adapter(type(came))
    most = BYTES_FOR_CHARACTER * bounds.answer_bytes
    try:
        plain = codec.dump_python(came, mode="json", warnings="error")
        try:
            content = to_json(plain)
        except PydanticSerializationError:
            # Half a surrogate pair costs a character, as in a text.
            plain = readable(plain)
            content = to_json(plain)
        if len(content) <= most:
            check_depth(content)
            again: Action = codec.validate_python(plain)
            return again
    except (ValueError, TypeError, RecursionError, InvalidRequest) as problem:
        raise Unsound(f"decided what cannot be written down and read again: {told(problem, 300)}") from problem
    raise Unsound(f"decided {len(content):,} bytes with all that goes with it, more than {most:,}")


def speech(came: object, bounds: Bounds) -> Speech:
    """What an agent may say while it decides.

    Raises:
        Unsound: it is no speech, or as long as no answer may be.
    """
    if type(came) is UsageNote:
        usage(came.usage)
        return came
    fields: Collection[str] = _SPOKEN.get(type(came), ())
    for name in fields:
        said = getattr(came, name)
        if not isinstance(said, str) or len(said) > bounds.answer_bytes:
            raise Unsound(f"spoke {_shown(said)}, which is no text of at most {bounds.answer_bytes:,} characters")
    if not fields:
        raise Unsound(f"spoke {type(came).__name__}, which is no Speech")
    return came  # type: ignore[return-value]  # looked at above


def reply(came: object, call: str) -> str | None:
    """What is wrong with a tool's answer to a call; ``None`` when nothing is."""
    if type(came) is Pending:
        if not _is_time(came.wake_at):
            return f"is pending until {_shown(came.wake_at)}, which is no time"
        well = came.call == call and _is_text(came.reference)
    elif type(came) is Observation or type(came) is HandedIn:
        well = came.call == call and _is_text(came.text) and came.trust in ("trusted", "outside")
        well = well and (came.error is None or is_name(came.error)) and came.truncated in (True, False)
        if type(came) is HandedIn and (flaw := of_files(came.files)) is not None:
            return flaw
    else:
        return f"answered with {type(came).__name__}"
    return None if well else f"answered with a broken {type(came).__name__}, or one for another call"


def of_files(files: object) -> str | None:
    """What is wrong with the files that a call hands in; ``None`` when nothing is."""
    if type(files) is not tuple or not all(type(one) is Made and type(one.content) is bytes for one in files):
        return "handed in what are no files"
    for one in files:
        if not is_name(one.name, FILE_NAME_CHARS) or one.name in (".", "..") or set(one.name) & {"/", "\\"}:
            return f"handed in a file with {_shown(one.name)} for a name, not one of a file, without folders"
        if not (isinstance(one.media_type, str) and _MEDIA_TYPE.fullmatch(one.media_type)):
            return f"handed in a file with {_shown(one.media_type)} for a media type"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and -MOST <= value <= MOST)


def _shown(value: object) -> str:
    """A value for a message."""
    return told(repr(value), 80) if isinstance(value, str | int | float) else type(value).__name__
