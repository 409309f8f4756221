"""Melisma Studio: a desktop voice studio."""

__version__ = "0.1.0"
