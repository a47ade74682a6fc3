"""What talks with registries, by the initializer's own code."""
