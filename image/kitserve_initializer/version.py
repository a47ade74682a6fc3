"""The version, which the chart and the other distribution repeat; a contract test compares them."""

VERSION = "0.1.0"
