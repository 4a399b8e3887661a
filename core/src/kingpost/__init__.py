"""kingpost: a small kernel for AI agents into which everything else is plugged.

Every name that a plugin or an application may import stands here, or in ``kingpost.testing``. Names are loaded on
first use, so that ``import kingpost`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import operations
    from .chain import GENESIS, SALT_BYTES, Sealed, damaged, decode, frame_hash, seal
    from .errors import (
        AgentFailed,
        BudgetTooSmall,
        ConfigurationError,
        Conflict,
        Corrupted,
        DoorEmpty,
        Exhausted,
        Fenced,
        FinalError,
        Forbidden,
        InFlight,
        InputError,
        InvalidRequest,
        KeyReused,
        KingpostError,
        NameTaken,
        NotFound,
        OutOfTime,
        OverGrant,
        Overloaded,
        PluginBroken,
        PluginError,
        SettingsInvalid,
        TransientError,
        Unauthorized,
        Unavailable,
        UnknownName,
        UnreadableInput,
    )  # fmt: skip
    from .hookspecs import hookimpl
    from .operations import OPERATIONS, Operation, Raw, RawAnswer
    from .ports import Clock, Ports
    from .prompt import render
    from .protocols import (
        Agent,
        Answerer,
        Batching,
        Borrower,
        Care,
        Command,
        Compressor,
        Costly,
        Embedder,
        Executor,
        Face,
        Folded,
        Frame,
        Kernel,
        Log,
        Marked,
        MemoryBackend,
        Opener,
        Reader,
        Say,
        Sink,
        Tended,
        TokenCounter,
    )  # fmt: skip
    from .records.access import Access, Once
    from .records.action import Action, Answer, Call, Calls, HandedIn, Limits, Made, Observation, Pending, Tool, Usage
    from .records.codec import dump, load
    from .records.context import Context, Description, Dropped, Fitted, Pack, Passage, Trust, Turn
    from .records.event import (
        Erased,
        Event,
        Finding,
        Head,
        LogInfo,
        Receipt,
        Recorded,
        Report,
        Segment,
        TaskQuery,
    )  # fmt: skip
    from .records.grant import Allowance, Grant
    from .records.head import SignedHead
    from .records.memory import Boost, Memory, Piece, Query, Recollection, Selection, Tier
    from .records.record import Record, field, replace
    from .records.speech import Checkpoint, Speech, Text, Thought, ToolNote, UsageNote
    from .records.task import Artefact, Crew, Material, Outcome, Part, Source, Status, Task
    from .state import Refused, TaskState, fold, from_row, task_stream, to_row, upcast
    from .whole import Whole

_HOMES = {
    "chain": "GENESIS SALT_BYTES Sealed damaged decode frame_hash seal",
    "errors": (
        "AgentFailed BudgetTooSmall ConfigurationError Conflict Corrupted DoorEmpty Exhausted Fenced FinalError "
        "Forbidden InFlight InputError InvalidRequest KeyReused KingpostError NameTaken NotFound OutOfTime OverGrant "
        "Overloaded PluginBroken PluginError SettingsInvalid TransientError Unauthorized Unavailable UnknownName "
        "UnreadableInput"
    ),
    "hookspecs": "hookimpl",
    "operations": "OPERATIONS Operation Raw RawAnswer",
    "ports": "Clock Ports",
    "prompt": "render",
    "protocols": (
        "Agent Answerer Batching Borrower Care Command Compressor Costly Embedder Executor Face Folded Frame Kernel "
        "Log Marked MemoryBackend Opener Reader Say Sink Tended TokenCounter"
    ),
    "records.access": "Access Once",
    "records.action": "Action Answer Call Calls HandedIn Limits Made Observation Pending Tool Usage",
    "records.codec": "dump load",
    "records.context": "Context Description Dropped Fitted Pack Passage Trust Turn",
    "records.event": "Erased Event Finding Head LogInfo Receipt Recorded Report Segment TaskQuery",
    "records.grant": "Allowance Grant",
    "records.head": "SignedHead",
    "records.memory": "Boost Memory Piece Query Recollection Selection Tier",
    "records.record": "Record field replace",
    "records.speech": "Checkpoint Speech Text Thought ToolNote UsageNote",
    "records.task": "Artefact Crew Material Outcome Part Source Status Task",
    "state": "Refused TaskState fold from_row task_stream to_row upcast",
    "whole": "Whole",
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names.split()}

__version__ = "0.1.0"
__all__ = [
    "GENESIS",
    "OPERATIONS",
    "SALT_BYTES",
    "Access",
    "Action",
    "Agent",
    "AgentFailed",
    "Allowance",
    "Answer",
    "Answerer",
    "Artefact",
    "Batching",
    "Boost",
    "Borrower",
    "BudgetTooSmall",
    "Call",
    "Calls",
    "Care",
    "Checkpoint",
    "Clock",
    "Command",
    "Compressor",
    "ConfigurationError",
    "Conflict",
    "Context",
    "Corrupted",
    "Costly",
    "Crew",
    "Description",
    "DoorEmpty",
    "Dropped",
    "Embedder",
    "Erased",
    "Event",
    "Executor",
    "Exhausted",
    "Face",
    "Fenced",
    "FinalError",
    "Finding",
    "Fitted",
    "Folded",
    "Forbidden",
    "Frame",
    "Grant",
    "HandedIn",
    "Head",
    "InFlight",
    "InputError",
    "InvalidRequest",
    "Kernel",
    "KeyReused",
    "KingpostError",
    "Limits",
    "Log",
    "LogInfo",
    "Made",
    "Marked",
    "Material",
    "Memory",
    "MemoryBackend",
    "NameTaken",
    "NotFound",
    "Observation",
    "Once",
    "Opener",
    "Operation",
    "OutOfTime",
    "Outcome",
    "OverGrant",
    "Overloaded",
    "Pack",
    "Part",
    "Passage",
    "Pending",
    "Piece",
    "PluginBroken",
    "PluginError",
    "Ports",
    "Query",
    "Raw",
    "RawAnswer",
    "Reader",
    "Receipt",
    "Recollection",
    "Record",
    "Recorded",
    "Refused",
    "Report",
    "Say",
    "Sealed",
    "Segment",
    "Selection",
    "SettingsInvalid",
    "SignedHead",
    "Sink",
    "Source",
    "Speech",
    "Status",
    "Task",
    "TaskQuery",
    "TaskState",
    "Tended",
    "Text",
    "Thought",
    "Tier",
    "TokenCounter",
    "Tool",
    "ToolNote",
    "TransientError",
    "Trust",
    "Turn",
    "Unauthorized",
    "Unavailable",
    "UnknownName",
    "UnreadableInput",
    "Usage",
    "UsageNote",
    "Whole",
    "damaged",
    "decode",
    "dump",
    "field",
    "fold",
    "frame_hash",
    "from_row",
    "hookimpl",
    "load",
    "operations",
    "render",
    "replace",
    "seal",
    "task_stream",
    "to_row",
    "upcast",
]


def __getattr__(name: str) -> Any:
    if name == "operations":
        return import_module(".operations", __name__)
    if (module := _WHERE.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
    return value
