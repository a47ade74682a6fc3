"""kitserve: manifests for serving KitOps ModelKits on KServe."""
