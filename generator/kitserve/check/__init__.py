"""Values and manifests to problems."""
