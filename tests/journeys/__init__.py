"""What a user does, with the real command line, real plugins and real processes."""
