"""Directories and files, reached through descriptors only."""
