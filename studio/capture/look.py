"""How overlays look: their colours, as BGRA that is not premultiplied, and the scales of what they show."""

import math
from typing import Final

BACK: Final = (18, 14, 12, 190)
QUIET: Final = (112, 196, 92, 255)
WARM: Final = (72, 190, 238, 255)
LOUD: Final = (82, 82, 235, 255)
LINE: Final = (238, 214, 120, 255)
TRACE: Final = (150, 225, 130, 255)
TEXT: Final = (255, 255, 255, 255)
GRID: Final = (120, 120, 120, 170)
NAME: Final = (255, 255, 255, 200)
FLOOR_DB: Final = -60.0
WARM_DB, LOUD_DB = -20.0, -9.0
SILENT: Final = 0.45
"""So bright is who does not speak."""
HOLD_S: Final = 0.35
"""So long after a word somebody still speaks."""
TRACE_S: Final = 6.0
LEAP_CENTS: Final = 400.0
"""A melody that is so much higher or lower at once is another note, not a line to it."""
LOW_HZ, HIGH_HZ = 65.4, 1046.5  # C2 to C6


def for_a_page() -> dict[str, object]:
    """The same for who draws them elsewhere; colours as CSS has them."""
    colours = {
        "back": BACK,
        "quiet": QUIET,
        "warm": WARM,
        "loud": LOUD,
        "line": LINE,
        "trace": TRACE,
        "grid": GRID,
        "name": NAME,
    }
    return {
        "colours": {
            name: f"rgba({red},{green},{blue},{alpha / 255:.3f})" for name, (blue, green, red, alpha) in colours.items()
        },
        "floor_db": FLOOR_DB,
        "warm_db": WARM_DB,
        "loud_db": LOUD_DB,
        "leap_cents": LEAP_CENTS,
        "octaves": round(math.log2(HIGH_HZ / LOW_HZ)),
    }
