"""Releases: into a registry of this machine, on bases made here."""
