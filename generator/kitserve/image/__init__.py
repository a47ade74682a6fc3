"""The OCI image that gives a pod, as a volume, what the initializer would unpack of a ModelKit."""
