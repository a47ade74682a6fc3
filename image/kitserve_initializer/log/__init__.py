"""The log: a table of events, the sentences and fields of each, and the lines that they become."""
