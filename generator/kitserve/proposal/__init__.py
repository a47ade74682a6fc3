"""A values file that serves a ModelKit, proposed by what the ModelKit says of itself."""
