"""The folder that a ModelKit is unpacked into: staging, publishing, and what it says of itself."""
