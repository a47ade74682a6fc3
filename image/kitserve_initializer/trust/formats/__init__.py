"""The formats of signatures, each read into one `Signature`."""
