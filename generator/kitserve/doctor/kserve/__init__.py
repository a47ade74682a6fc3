"""The cluster and its KServe: versions, CRDs, webhooks, what takes `kit://`, and the runtimes."""
