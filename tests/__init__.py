"""Everything that must hold. Each plugin's own tests stand beside it, in `plugins/<name>/tests`."""
