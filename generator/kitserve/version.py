"""The version, which the chart and the other distribution repeat; a contract test compares them."""

VERSION = "0.1.0"
IMAGE_IS_PUBLISHED = False
"""Whether the initializer's default image can be pulled. A release sets it to True."""
