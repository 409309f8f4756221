"""Figures of a voice, on the screen."""
