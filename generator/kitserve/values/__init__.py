"""The values: their schema, their defaults, and a typed view of what a user gives."""
