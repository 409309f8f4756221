"""Time as people read and type it. Inside, positions are whole samples; only here they become a clock."""

from fractions import Fraction

from studio.errors import StudioError

_MOST_PARTS = 3
_MOST_CHARACTERS = 32


def format_clock(samples: int, rate_hz: int) -> str:
    """Return a position as "00:12.480", from one hour on "1:02:03.456"; negative ones with a "−" in front."""
    thousandths = (abs(samples) * 1000 + rate_hz // 2) // rate_hz
    seconds, thousandths = divmod(thousandths, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "−" if samples < 0 and (hours or minutes or seconds or thousandths) else ""
    front = f"{hours}:{minutes:02}" if hours else f"{minutes:02}"
    return f"{sign}{front}:{seconds:02}.{thousandths:03}"


def parse_clock(text: str, rate_hz: int) -> int:
    """Return the samples of "12", "12.48", "1:02.5" or "1:02:03.456" (a comma will do for the point).

    Raises
    ------
    StudioError
        For anything else, with an example of what is right.
    """
    parts = text.strip().replace(",", ".").split(":")
    whole, dot, fraction = parts[-1].partition(".")
    digits = [*parts[:-1], whole, *([fraction] if dot and fraction else [])]
    if (
        len(parts) > _MOST_PARTS
        or len(text) > _MOST_CHARACTERS
        or not all(part.isascii() and part.isdigit() for part in digits)
    ):
        raise StudioError(
            "time.unreadable",
            "This is not a time.",
            cause=f"“{text}” could not be read.",
            remedy="Type minutes and seconds like 1:02.5, or seconds like 62.5.",
        )
    seconds = Fraction(0)
    for part in parts:
        seconds = seconds * 60 + Fraction(part.rstrip(".") or 0)
    return round(seconds * rate_hz)


def seconds_of(samples: int, rate_hz: int) -> float:
    """Return a position in seconds, for files and axes."""
    return samples / rate_hz


def samples_of(seconds: float, rate_hz: int) -> int:
    """Return the sample nearest to a time in seconds."""
    return round(seconds * rate_hz)
