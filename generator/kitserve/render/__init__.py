"""Values and a release to objects, and objects to text."""
