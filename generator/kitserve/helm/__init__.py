"""Values files, --set and standard input, read and merged as Helm reads and merges them."""
