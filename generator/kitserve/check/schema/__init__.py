"""Values compared with their schema, and what it refuses in sentences."""
