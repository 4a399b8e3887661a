"""How one task runs: verbs only, no plugin manager, no transport. ``pipeline`` is the page to begin with."""
