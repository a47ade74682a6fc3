"""The values as readers meet them: in groups, each key once, with services to begin from."""
