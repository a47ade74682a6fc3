"""`kitserve doctor`: its checks over what a real cluster answered."""
