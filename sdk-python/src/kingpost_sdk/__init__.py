"""The Python SDK of kingpost: ``Client`` blocks, ``AsyncClient`` waits; both have the same methods.

Nothing heavy is loaded before a name is used, so that importing the SDK costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models as models
    from ._async.client import AsyncClient as AsyncClient
    from ._async.plugin import AsyncPlugin as AsyncPlugin
    from ._async.resource import AsyncPages as AsyncPages
    from ._async.stream import AsyncStream as AsyncStream
    from ._async.stream import Speech as Speech
    from ._async.worker import AsyncWorker as AsyncWorker
    from ._errors import AnswerInvalid as AnswerInvalid
    from ._errors import ApiError as ApiError
    from ._errors import Behind as Behind
    from ._errors import BudgetTooSmall as BudgetTooSmall
    from ._errors import ClaimLost as ClaimLost
    from ._errors import ConfigurationError as ConfigurationError
    from ._errors import Conflict as Conflict
    from ._errors import ConnectionFailed as ConnectionFailed
    from ._errors import FinalError as FinalError
    from ._errors import Forbidden as Forbidden
    from ._errors import InFlight as InFlight
    from ._errors import InputError as InputError
    from ._errors import InvalidRequest as InvalidRequest
    from ._errors import KeyReused as KeyReused
    from ._errors import KingpostError as KingpostError
    from ._errors import NotFound as NotFound
    from ._errors import Overloaded as Overloaded
    from ._errors import SettingsInvalid as SettingsInvalid
    from ._errors import StreamInvalid as StreamInvalid
    from ._errors import TimedOut as TimedOut
    from ._errors import TransientError as TransientError
    from ._errors import Unauthorized as Unauthorized
    from ._errors import Unavailable as Unavailable
    from ._errors import UnknownName as UnknownName
    from ._errors import UnknownOperation as UnknownOperation
    from ._errors import UnreadableInput as UnreadableInput
    from ._errors import WebhookInvalid as WebhookInvalid
    from ._files import HandedIn as HandedIn
    from ._files import made as made
    from ._policy import Retry as Retry
    from ._settings import Options as Options
    from ._settings import Received as Received
    from ._sync.client import Client as Client
    from ._sync.plugin import Plugin as Plugin
    from ._sync.resource import Pages as Pages
    from ._sync.stream import Stream as Stream
    from ._sync.worker import Worker as Worker
    from ._webhooks import Delivery as Delivery
    from ._webhooks import verify_webhook as verify_webhook

_ERRORS = (
    "AnswerInvalid", "ApiError", "Behind", "BudgetTooSmall", "ClaimLost", "ConfigurationError", "Conflict",
    "ConnectionFailed", "FinalError", "Forbidden", "InFlight", "InputError", "InvalidRequest", "KeyReused",
    "KingpostError", "NotFound", "Overloaded", "SettingsInvalid", "StreamInvalid", "TimedOut", "TransientError",
    "Unauthorized", "Unavailable", "UnknownName", "UnknownOperation", "UnreadableInput", "WebhookInvalid",
)  # fmt: skip
_PLACES = {
    **dict.fromkeys(_ERRORS, "_errors"),
    "AsyncClient": "_async.client", "AsyncPlugin": "_async.plugin", "AsyncPages": "_async.resource",
    "AsyncStream": "_async.stream", "Speech": "_async.stream", "AsyncWorker": "_async.worker",
    "Client": "_sync.client", "Plugin": "_sync.plugin", "Pages": "_sync.resource", "Stream": "_sync.stream",
    "Worker": "_sync.worker", "Retry": "_policy", "Options": "_settings", "Received": "_settings",
    "HandedIn": "_files", "made": "_files", "Delivery": "_webhooks", "verify_webhook": "_webhooks", "models": "",
}  # fmt: skip
__all__ = sorted(_PLACES)  # noqa: PLE0605 - one list is enough; a test compares it with what is there
__version__ = "0.1.0"

if not TYPE_CHECKING:  # or every name would be one

    def __getattr__(name: str) -> Any:
        place = _PLACES.get(name)
        if place is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if not place:
            return import_module(f".{name}", __name__)
        return getattr(import_module(f".{place}", __name__), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
