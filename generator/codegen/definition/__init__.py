"""The one definition of the values: their names, types, defaults, constraints and descriptions."""
