"""What a release would change in a cluster: its objects as they are stored, and as they would be."""
