# Made out of ../_async by `make contracts`; mend it there.
"""The asynchronous half, by hand; ``_sync`` is made out of it."""
