"""What a cluster says: requests to its API server."""
