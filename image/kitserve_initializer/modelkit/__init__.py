"""What a ModelKit is: its Kitfile, its layers, its parents, and where their files go."""
