"""Signatures of OCI artifacts: made by real cosigns, and by ourselves where no cosign would make them."""
