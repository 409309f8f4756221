"""Files for and from other programs of the field."""
