"""The version. It has its one home here: `make generate` writes it wherever it is repeated."""

VERSION = "0.1.0"
IMAGE_IS_PUBLISHED = False
"""Whether the initializer's default image can be pulled. A release sets it to True."""
