"""Rules for ServingRuntimes and ClusterServingRuntimes, and the runtimes that a cluster has."""
