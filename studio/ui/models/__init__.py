"""The list of models: what engines can load, and how it gets here and goes again."""
