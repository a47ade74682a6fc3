"""What `kitserve validate` says of objects, compared with what KServe's own code says."""
