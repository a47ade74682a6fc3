"""A release compared with a cluster."""
