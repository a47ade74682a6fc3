"""Services of a cluster, of recorded objects."""
