"""Saying or singing clips again in another voice."""
