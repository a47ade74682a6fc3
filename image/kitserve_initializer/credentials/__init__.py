"""Where the credentials for a registry come from: one source a module."""
