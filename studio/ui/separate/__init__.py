"""Taking sound apart: the windows for it, the stems in the inspector."""
