"""A layer's bytes to the files in it."""
