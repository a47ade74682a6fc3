"""HTTP to registries: connections, TLS, proxies, and when to try again."""
