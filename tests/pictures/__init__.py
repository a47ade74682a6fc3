"""Pictures of a terminal, and badges, which `make pictures` writes into docs/pictures."""
