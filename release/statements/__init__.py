"""What is said of the artifacts: their digests, what is in them, and how they came to be."""
