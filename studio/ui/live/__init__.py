"""The Live workspace. Nothing here is imported before it is opened."""
