"""Numbers and states as sentences: what jobs, sizes and lengths are called everywhere on the screen."""

from collections.abc import Callable
from pathlib import Path

from studio.model.project import Media
from studio.session.jobs import JobRow


def job_line(row: JobRow) -> str:
    """A job in one line: "Separating vocals, 62 %, 0:41 left"."""
    match row.state:
        case "waiting":
            return f"{row.title}, waiting"
        case "done":
            return f"{row.title}, done"
        case "failed":
            return f"{row.title}, failed"
        case "stopped":
            kept = f" at {percent(row.fraction)}, what is finished is kept" if row.has_kept else ""
            return f"{row.title}, stopped{kept}"
        case "running":
            left = f", {time_left(row.left_s)} left" if row.left_s is not None else ""
            return f"{row.title}, {percent(row.fraction)}{left}"


def percent(fraction: float) -> str:
    """A share of the whole: "62 %"."""
    return f"{int(fraction * 100)} %"


def time_left(seconds: float) -> str:
    """A time to wait: "0:41", "12:05", "1:02:00"."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: float) -> str:
    """How long something is, for a list: "0:41", "1:02:00", and tenths below ten seconds: "3.2 s"."""
    return f"{seconds:.1f} s" if seconds < 10 else time_left(seconds)


def size(count: int) -> str:
    """Bytes as people read them: "2.1 GB"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} bytes"


def rate(hz: float) -> str:
    """A sample rate: "48 kHz", "44.1 kHz"."""
    return f"{hz / 1000:g} kHz"


def channels(count: int) -> str:
    """A number of channels in a word: "mono", "stereo", "6 channels"."""
    return {1: "mono", 2: "stereo"}.get(count, f"{count} channels")


def origin(media: Media, engine_name: Callable[[str], str] = str) -> str:
    """Where a sound comes from, in a sentence."""
    if media.lineage is not None:
        version = f" {media.lineage.engine_version}" if media.lineage.engine_version else ""
        return f"Made by {engine_name(media.lineage.engine)}{version}"
    if media.file.startswith("takes/"):
        return "Recorded here"
    name = Path(media.original).name or media.name
    changed = media.original_rate_hz not in (0, media.rate_hz)
    return f"Imported from {name}" + (f" ({rate(media.original_rate_hz)})" if changed else "")
