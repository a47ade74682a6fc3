"""Scenarios on a real one-node Kubernetes with KServe, and the harness that makes one; see README.md."""
