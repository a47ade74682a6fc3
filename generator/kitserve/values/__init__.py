"""The values: their schema, their defaults, and a typed view of a user's values."""
