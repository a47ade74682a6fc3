"""What is written to a terminal while a command works or waits."""
