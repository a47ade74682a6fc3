"""The words of OCI: references, digests, manifests, media types."""
