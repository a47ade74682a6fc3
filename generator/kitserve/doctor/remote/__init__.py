"""The registries: asked from here, and from a pod."""
