"""Services in a cluster: which ModelKits they get, how far these are, and what stands in their way."""
