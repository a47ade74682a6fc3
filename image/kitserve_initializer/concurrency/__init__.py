"""Threads that work side by side, and end when the run does."""
