"""Where the weights of the built-in tracker's voicing come from: material with a known pitch, and a fit to it."""
