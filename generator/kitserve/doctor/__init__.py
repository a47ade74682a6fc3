"""What stands in the way of a release in a cluster, before anybody applies it."""
