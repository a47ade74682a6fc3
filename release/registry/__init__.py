"""Where a release goes, and what a stranger takes from there: pushed, signed, verified."""
