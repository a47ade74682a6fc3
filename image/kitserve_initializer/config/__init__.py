"""The settings of a run, from arguments, variables, flags and a service's annotations."""
