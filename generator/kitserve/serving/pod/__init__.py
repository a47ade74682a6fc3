"""One pod: how far it is, by its containers, their logs and the events on it."""
