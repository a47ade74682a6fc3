"""Writes the files that follow from the values' definition. It isn't part of the wheel."""
