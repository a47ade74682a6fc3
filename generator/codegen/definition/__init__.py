"""The values, typed: the one definition of names, types, defaults, constraints and descriptions."""
