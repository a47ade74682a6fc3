"""References by tag in files, and the digests that are written beside them."""
