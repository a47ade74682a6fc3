"""What arguments, variables, flags and a service's annotations ask for."""
