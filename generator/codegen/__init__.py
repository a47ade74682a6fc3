"""Write the files that are generated from the values' definition. The wheel doesn't contain this package."""
