"""YAML as KitOps writes a Kitfile, byte for byte."""
