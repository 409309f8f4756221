"""Levels: decibels as people set them, factors as samples are multiplied by them."""

import math

SILENCE_DB = -120.0
"""At and below this, a level is silence."""


def db_to_gain(db: float) -> float:
    """Return the factor of a gain in decibels; 0 at `SILENCE_DB` and below."""
    return 10.0 ** (db / 20.0) if db > SILENCE_DB else 0.0


def gain_to_db(gain: float) -> float:
    """Return the decibels of a factor (its sign does not count), `SILENCE_DB` at the least."""
    return max(SILENCE_DB, 20.0 * math.log10(abs(gain))) if gain else SILENCE_DB


def gain_text(db: float) -> str:
    """Return a gain as "+3.0 dB", "0.0 dB", "−6.0 dB" or "−∞ dB"."""
    return "−∞ dB" if db <= SILENCE_DB else f"{_signed(db)} dB"


def level_text(db: float) -> str:
    """Return a level as "−12.3 dBFS" or "−∞ dBFS"."""
    return "−∞ dBFS" if db <= SILENCE_DB else f"{_signed(db)} dBFS"


def pan_text(pan: float) -> str:
    """Return a place between left (-1) and right (1) as "C", "37 L" or "100 R"."""
    percent = round(abs(pan) * 100)
    return f"{percent} {'L' if pan < 0 else 'R'}" if percent else "C"


def _signed(db: float) -> str:
    tenths = round(db * 10)
    sign = "−" if tenths < 0 else "+" if tenths > 0 else ""
    return f"{sign}{abs(tenths) / 10:.1f}"
