"""The promises of a ``Log`` and of its ``Care``, put together.

The tests stand in the modules beside this one, by the part of the protocol they prove. A log that passes them is still
to be killed with -9.
"""

from __future__ import annotations

from .log_append import Appending
from .log_care import Caring
from .log_keep import Keeping
from .log_mend import Mending
from .log_read import Reading
from .log_seal import Sealing
from .log_select import Selecting


class LogConformance(Appending, Reading, Selecting, Keeping, Caring, Mending, Sealing):
    """Inherit, and override ``subject``, ``twin`` and ``departed``; a log with ``Care`` also ``empty`` and ``spoil``.

    Each of these fixtures says in its docstring what it must be.
    """
