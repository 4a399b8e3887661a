"""What a tenant is told of a log that is everybody's.

Called with every report that a tenant asked for. Names of others, which streams have, are counted and not told.
"""

from __future__ import annotations

from ...protocols import Log
from ...records.access import HOST
from ...records.event import Finding, Report, TaskQuery
from ...records.record import replace
from ...state import TASK_STREAM, task_stream


async def report_to(tenant: str, report: Report, log: Log) -> Report:
    """The report with what is wrong in the tenant's own streams, and how much is wrong elsewhere.

    Whoever looks after the installation is told everything. A report stays sound or not as it was.
    """
    if tenant == HOST or report.sound:
        return report
    tasks = {stream.removeprefix(TASK_STREAM) for one in report.findings if (stream := one.stream or "")}
    states = await log.select(TaskQuery(tenant=tenant, ids=sorted(tasks), limit=len(tasks))) if tasks else []
    own = {task_stream(state.id) for state in states}
    told = [one for one in report.findings if one.stream in own or _is_of(tenant, one.stream or "")]
    if more := len(report.findings) - len(told):
        told.append(Finding(f"{more} more, in what is not of this tenant: ask who looks after the installation"))
    return replace(report, findings=tuple(told))


def _is_of(tenant: str, stream: str) -> bool:
    """Whether it is one of those that a tenant has besides its tasks, as ``jobs/<tenant>``."""
    return not stream.startswith(TASK_STREAM) and stream.partition("/")[2] == tenant
