"""What the administrator demands: the policy, its document, and the patterns that choose references."""
