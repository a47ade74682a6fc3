"""A pull-only client of OCI registries."""
