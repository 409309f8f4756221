"""The voices of the person: which there are, and how a new one is made."""
