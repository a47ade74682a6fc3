"""`python -m kitserve`."""

from kitserve.cli import main

main()
