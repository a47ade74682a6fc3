"""Volumes that bring ModelKits into pods."""
