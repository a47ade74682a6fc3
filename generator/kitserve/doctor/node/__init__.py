"""The nodes: their disks and platforms, and whether they mount images."""
