"""The real parts that tests, the demo and the cluster run: tools, registries, ModelKits."""
