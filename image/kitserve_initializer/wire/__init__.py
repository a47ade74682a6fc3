"""Connections to hosts, and HTTP/1.1 as it comes out of them: heads, chunks, and their pace."""
