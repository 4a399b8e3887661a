"""kill -9 of real processes in mixed work, and what must hold afterwards."""
