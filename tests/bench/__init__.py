"""Speed and cost, measured beside `kit unpack`: `make bench`."""
