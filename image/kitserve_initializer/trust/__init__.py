"""Signatures: the administrator's policy, where signatures of a ModelKit are found, and whether they are enough."""
