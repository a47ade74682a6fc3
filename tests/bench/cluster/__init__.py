"""Measures starts of services, from apply to the first answer, by the way in which the model comes."""
