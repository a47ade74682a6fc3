"""Tests of kitserve."""
