"""Rules on what reaches the initializer: references, variables, annotations and certificates. Its own parsers judge."""
