"""Trees in memory: what the initializer unpacks, and what a container runtime makes of the same layers."""
