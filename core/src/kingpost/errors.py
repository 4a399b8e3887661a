"""The tree of failures, one class for each decision that a caller can take.

::

    KingpostError
    ├── InputError              mend the input
    │   ├── InvalidRequest      a value is out of its bounds
    │   ├── UnreadableInput     a file that was handed in cannot be read
    │   ├── UnknownName         nobody offers this agent, tool or plugin
    │   ├── NotFound            no task, memory or passage has this id
    │   ├── BudgetTooSmall      the task itself does not fit
    │   ├── Unauthorized        no token, or none that holds
    │   ├── Forbidden           the token may not do this
    │   └── KeyReused           an idempotency key came with another request
    ├── ConfigurationError      mend the configuration
    │   ├── SettingsInvalid     kingpost.toml or the environment
    │   ├── DoorEmpty           no plugin offers what is needed
    │   └── PluginError         a plugin is at fault, named
    │       ├── PluginBroken    it does not load, or answers wrongly
    │       └── NameTaken       two of them claim one name
    ├── TransientError          try again
    │   ├── Unavailable         a model, a memory or a disk does not answer
    │   ├── Conflict            somebody else appended first
    │   ├── InFlight            the same request is just being answered
    │   └── Overloaded          the queue is full
    └── FinalError              give up
        ├── Fenced              another attempt holds the task now
        ├── Refused             the task's state does not allow it (stands in ``state``)
        ├── OverGrant           the grant is spent
        ├── Exhausted           it was tried as often as it may be: a dead letter
        ├── OutOfTime           its deadline has passed, or its active seconds are over
        ├── AgentFailed         the agent broke its promise
        └── Corrupted           stored bytes are not what was written

``code`` is stable: logs, problem documents and SDKs speak it. ``mend`` is what the user can do about it.
Imported by everybody; imports nobody.
"""

from __future__ import annotations

from collections.abc import Sequence


class KingpostError(Exception):
    """Anything that kingpost itself reports. ``str()`` says what, where and how to mend it, on one line."""

    code = "error"


class InputError(KingpostError):
    """What was handed in must change. The command line leaves with 2, HTTP answers 4xx."""

    code = "input"


class InvalidRequest(InputError):
    """A value is missing, malformed or out of its bounds."""

    code = "input.invalid"


class UnreadableInput(InputError):
    """A file or folder that was named as input cannot be read, whole and as text."""

    code = "input.unreadable"

    def __init__(self, path: str, what: str, mend: str) -> None:
        super().__init__(f"input {path!r}: {what}; {mend}")
        self.path = path


class UnknownName(InputError):
    """Nobody offers this name; the nearest ones that exist are told."""

    code = "input.unknown_name"

    def __init__(self, kind: str, name: str, nearest: Sequence[str], mend: str = "") -> None:
        hint = f"; did you mean {' or '.join(repr(n) for n in nearest)}?" if nearest else ""
        super().__init__(f"there is no {kind} {name!r}{hint}{'; ' + mend if mend else ''}")
        self.kind, self.name, self.nearest = kind, name, tuple(nearest)


class NotFound(InputError):
    """No record has this id."""

    code = "input.not_found"

    def __init__(self, kind: str, id: str, mend: str = "") -> None:
        super().__init__(f"there is no {kind} {id!r}{'; ' + mend if mend else ''}")
        self.kind, self.id = kind, id


class BudgetTooSmall(InputError):
    """The task's own words, which are never dropped, do not fit into the context budget."""

    code = "input.budget_too_small"

    def __init__(self, budget: int, needed: int, counter: str) -> None:
        super().__init__(
            f"a context budget of {budget} tokens cannot hold the task itself, which takes {needed} "
            f"({counter}); raise --budget to at least {needed} or shorten the task"
        )
        self.budget, self.needed = budget, needed


class Unauthorized(InputError):
    """Nobody is known by this token, or it has expired or was revoked."""

    code = "access.unauthorized"


class Forbidden(InputError):
    """The token is known and may not do this."""

    code = "access.forbidden"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs the scope {scope!r}, which the token has not; use one that has it")
        self.scope = scope


class KeyReused(InputError):
    """The idempotency key was used before, with another request."""

    code = "idempotency.mismatch"

    def __init__(self, key: str) -> None:
        super().__init__(f"the idempotency key {key!r} came before, with another request; take a new key for this one")
        self.key = key


class ConfigurationError(KingpostError):
    """The configuration of this installation must change."""

    code = "configuration"


class SettingsInvalid(ConfigurationError):
    """kingpost.toml or the environment says something that cannot be used."""

    code = "configuration.settings"

    def __init__(self, where: str, what: str, mend: str) -> None:
        super().__init__(f"{where}: {what}; {mend}")
        self.where = where


class DoorEmpty(ConfigurationError):
    """No usable plugin answers at a door that the work needs."""

    code = "configuration.door_empty"

    def __init__(self, kinds: Sequence[str], mend: str) -> None:
        super().__init__(f"no plugin provides {', '.join(kinds)}; {mend}")
        self.kinds = tuple(kinds)


class PluginError(ConfigurationError):
    """A plugin is at fault; the message names it."""

    code = "plugin"


class PluginBroken(PluginError):
    """A plugin does not load, or answers a door with the wrong thing."""

    code = "plugin.broken"

    def __init__(self, plugin: str, where: str, expected: str, came: str) -> None:
        super().__init__(
            f"plugin {plugin!r}, {where}: expected {expected}, got {came}; disable it under [plugins] or upgrade it"
        )
        self.plugin, self.where = plugin, where


class NameTaken(PluginError):
    """Two plugins offer the same capability under one name."""

    code = "plugin.name_taken"

    def __init__(self, kind: str, name: str, first: str, second: str) -> None:
        super().__init__(
            f"{first!r} and {second!r} both provide the {kind} {name!r}; choose one under [plugins] or disable one"
        )
        self.kind, self.name, self.plugins = kind, name, (first, second)


class TransientError(KingpostError):
    """The same call may succeed later."""

    code = "transient"


class Unavailable(TransientError):
    """Something outside does not answer: a model server, a memory, a disk."""

    code = "transient.unavailable"


class Conflict(TransientError):
    """The stream moved on since it was read. Nothing was written."""

    code = "transient.conflict"

    def __init__(self, stream: str, expected: str, found: str, told: str = "") -> None:
        moved = f"stream {stream!r} is at version {found!r}, not {expected!r}; read it again and append anew"
        super().__init__(told or moved)
        self.stream, self.expected, self.found = stream, expected, found


class InFlight(TransientError):
    """The first request with this idempotency key is still being answered."""

    code = "idempotency.in_flight"

    def __init__(self, key: str) -> None:
        super().__init__(f"the request with idempotency key {key!r} is just being answered; ask again in a moment")
        self.key = key


class Overloaded(TransientError):
    """More work is queued than may be; nothing was accepted."""

    code = "transient.overloaded"


class FinalError(KingpostError):
    """Trying again does not help."""

    code = "final"


class Fenced(FinalError):
    """Another attempt holds the task now; what this one still does is not recorded."""

    code = "final.fenced"

    def __init__(self, task: str, attempt: int, holder: int) -> None:
        super().__init__(f"attempt {attempt} of task {task!r} was replaced by attempt {holder}; it must stop")
        self.task, self.attempt, self.holder = task, attempt, holder


class OverGrant(FinalError):
    """The task's tree has used up what it was granted."""

    code = "final.over_grant"


class Exhausted(FinalError):
    """It was tried as often as it may be. The task is a dead letter: replay it once its cause is mended."""

    code = "final.exhausted"


class OutOfTime(FinalError):
    """The deadline has passed, or the active seconds of the grant are over."""

    code = "final.deadline"


class AgentFailed(FinalError):
    """An agent raised, or answered with something that is no action."""

    code = "final.agent_failed"


class Corrupted(FinalError):
    """Stored bytes are not the bytes that were written, or do not follow one another."""

    code = "final.corrupted"
