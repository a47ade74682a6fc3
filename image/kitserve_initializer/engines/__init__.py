"""The engines: each turns a reference into files, with the same flags, messages and exit codes."""
