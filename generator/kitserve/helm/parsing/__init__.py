"""Text to the events of a YAML parser, and these to nodes."""
