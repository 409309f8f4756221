"""The states of the window that resources/screenshots shows, a module for each room."""
