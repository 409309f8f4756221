"""The same jobs from a terminal, one module for each family of verbs."""
