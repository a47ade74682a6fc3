"""Fuzzing of the initializer's parsers with atheris: `make fuzz`."""
