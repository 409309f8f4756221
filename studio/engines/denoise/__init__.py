"""Engines that clean a recording of noise or of the room, with nothing to download."""
