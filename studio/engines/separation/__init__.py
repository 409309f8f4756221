"""The separator that is always there: it follows the voice by its pitch and its place, and needs no download."""
