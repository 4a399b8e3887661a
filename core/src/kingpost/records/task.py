"""What was asked, by whom it is done, and how it ended."""

from __future__ import annotations

from enum import StrEnum

from .grant import Grant
from .record import Record, field


class Status(StrEnum):
    """Where a task stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """True when no event can change it any more."""
        return self in _FINAL


_FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})


class Part(Record):
    """One plugin's contribution to a crew: the name it offers, the plugin and its version (PEP 440)."""

    name: str
    plugin: str
    version: str


class Crew(Record, kw_only=True):
    """The plugins chosen for one task before it starts; frozen, so that a resumed task meets the same ones."""

    agent: Part
    memory: Part | None = None
    compressor: Part | None = None
    counter: Part | None = None
    executors: tuple[Part, ...] = ()


class Material(Record, kw_only=True):
    """Words of somebody outside that are handed along with a task: data for it, never trusted.

    ``source`` says where they come from, ``kind`` the form of the text where it is known (``json``).
    """

    text: str
    source: str
    kind: str = ""


class Task(Record, kw_only=True, omit_defaults=True):
    """The only unit of work.

    ``description`` is what to do, in words; ``context`` what was handed along, trusted as the caller is.
    ``inputs`` are absolute paths of files and folders to read in first. ``budget`` is the context budget of one
    prompt, in tokens of the agent's counter. ``deadline``, ``created`` and ``not_before`` are seconds since the epoch
    (UTC). ``needs`` names what a worker must be able to do. ``fallbacks`` are the agents that may take over when this
    one's model does not answer, in order. ``bound`` is the most that one turn can cost: tokens, and money in
    micro-units. ``replay_of`` and ``fork_of`` name the task that this one begins again, ``schedule`` what fired it.
    ``material`` is what somebody outside said, and ``origin`` names what of the outside the task came from
    (``webhook/<source>/<delivery>``). ``persona`` is the agent that was asked for, where it is data. In the log it is
    without what is as it is by default: so three of them fit a page of a file instead of two.
    """

    id: str
    description: str
    crew: Crew
    tenant: str = "default"
    model: str | None = None
    context: str = ""
    inputs: tuple[str, ...] = ()
    grant: Grant = field(default_factory=Grant)
    budget: int | None = None
    parent: str | None = None
    root: str = ""
    thread: str | None = None
    priority: int = 0
    created: float = 0.0
    deadline: float | None = None
    not_before: float | None = None
    needs: tuple[str, ...] = ()
    fallbacks: tuple[Part, ...] = ()
    bound: tuple[int, int] = (0, 0)
    replay_of: str | None = None
    fork_of: str | None = None
    schedule: str | None = None
    material: tuple[Material, ...] = ()
    origin: str | None = None
    persona: str | None = None


class Source(Record):
    """Where something stands: a passage's number in the prompt, its source (a path, an address) and place."""

    passage: str
    source: str
    place: str = ""


class Artefact(Record):
    """A file that a task made: name, media type, digest of its blob and size in bytes."""

    name: str
    media_type: str
    digest: str
    size: int


class Outcome(Record, kw_only=True):
    """How a task ended. ``reason`` is set when it failed or was cancelled; ``error`` is a code of ``errors``."""

    status: Status
    answer: str = ""
    sources: tuple[Source, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    reason: str | None = None
    error: str | None = None
    detail: str = ""
