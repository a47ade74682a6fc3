"""The alert rules in monitoring/: what they watch, and what they say of each exit code of the initializer."""
