"""How the network of the built-in separator was made: its material, its training and its export."""
