"""Where the network that amends the built-in tracker's first guess comes from."""
