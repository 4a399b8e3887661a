"""Operations on long work that is begun now and asked about later."""

from __future__ import annotations

from ..errors import NotFound, Unavailable
from ..records.event import Report
from ..records.record import Record
from .system import Backup, Copied, Nothing, Rebuild
from .table import Operation


class Job(Record, kw_only=True):
    """Long work: ``state`` is running, done, failed or interrupted. ``done`` of ``total`` frames are through.

    A backup goes to ``target``, a folder, and what it holds is ``copied``. It counts the memories that it has copied,
    without a ``total``, and then the pages of the log, or whatever the log is copied by.

    Interrupted is what the end of its process broke off; nothing of it is lost, and it can be begun anew. Times are
    seconds since the epoch; ``ended`` is absent while it runs, and where its process died without a word. While
    another process than the one that is asked works on it, ``done`` is 0.
    """

    id: str
    kind: str
    state: str
    began: float
    ended: float | None = None
    done: int = 0
    total: int | None = None
    report: Report | None = None
    problem: str | None = None
    target: str | None = None
    copied: Copied | None = None


class JobId(Record):
    """Names a job."""

    id: str


class JobList(Record):
    """The newest 100 jobs of the tenant, newest first."""

    jobs: tuple[Job, ...]


VERIFY = Operation(
    id="jobs.verify", summary="Begin to read the whole log and name what is wrong.", request=Nothing, response=Job,
    scope="log:read", errors=(Unavailable,), route="POST /log/verify", success=202,
)  # fmt: skip
REBUILD = Operation(
    id="jobs.rebuild", summary="Begin to fold the log into fresh tables.", request=Rebuild, response=Job,
    scope="log:write", errors=(Unavailable,), route="POST /log/rebuild", success=202,
)  # fmt: skip
BACKUP = Operation(
    id="jobs.backup", summary="Begin to copy memories and log into a folder, while work goes on.", request=Backup,
    response=Job, scope="log:write", errors=(Unavailable,), route="POST /log/backup", success=202, files=("target",),
)  # fmt: skip
GET = Operation(
    id="jobs.get", summary="How far a job is.", request=JobId, response=Job, scope="log:read", errors=(NotFound,),
    route="GET /jobs/{id}",
)  # fmt: skip
JOBS = Operation(
    id="jobs.list", summary="Jobs, newest first.", request=Nothing, response=JobList, scope="log:read",
    route="GET /jobs",
)  # fmt: skip
