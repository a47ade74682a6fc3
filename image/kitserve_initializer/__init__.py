"""KServe's storage initializer for KitOps ModelKits."""
