"""Objects compared with the structural schema of their CRD, as it judges them behind KServe's webhooks."""
