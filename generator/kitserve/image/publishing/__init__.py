"""Images of ModelKits in a registry: pushed, looked at, and removed; no layer of a ModelKit is uploaded."""
