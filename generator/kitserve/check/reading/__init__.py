"""What a file is, and the objects in it."""
