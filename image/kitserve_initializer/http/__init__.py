"""Requests to registries: TLS, proxies, redirects, and when to try again."""
