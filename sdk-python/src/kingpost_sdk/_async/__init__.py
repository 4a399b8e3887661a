"""The asynchronous half, by hand; ``_sync`` is made out of it."""
