"""OCI's references, digests, manifests and media types."""
