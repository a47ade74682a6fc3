"""The version, which `make generate` writes: its home is generator/kitserve/version.py."""

VERSION = "0.1.0"
