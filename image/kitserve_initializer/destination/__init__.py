"""The folder that a ModelKit is unpacked into: staging, publishing, and its marker."""
