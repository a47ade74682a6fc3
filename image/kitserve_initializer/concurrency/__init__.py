"""Parallel threads that end with the run."""
