"""The namespaces of services: what they allow, and what services refer to in them."""
