"""The kernel's own tests; each file mirrors one of `core/src/kingpost`."""
