"""The structure of KServe's and Kubernetes' objects, and what a cluster refuses because of it."""
