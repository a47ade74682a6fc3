"""ModelKits: their Kitfile, layers and parents, and the places of their files."""
