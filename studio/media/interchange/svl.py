"""Sonic Visualiser's layer files (.svl): XML in which times are frames at the model's rate."""

from collections.abc import Iterable
from typing import Final, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import numpy as np

from studio.media.interchange.tables import NoteRow
from studio.media.interchange.unreadable import unreadable
from studio.model.labels import Label
from studio.model.pitch import PitchCurve

_CALLED: Final = "Sonic Visualiser layer"


class Layer(NamedTuple):
    """The points of a layer as they stand in the file."""

    rate_hz: float
    units: str
    points: tuple[dict[str, str], ...]

    def places(self) -> tuple[Label, ...]:
        """The points as labels: stretches where they have a duration."""
        return tuple(
            Label(start_s=start_s, end_s=start_s + self._number(point, "duration") / self.rate_hz, text=_text(point))
            for point in self.points
            for start_s in [self._number(point, "frame") / self.rate_hz]
        )

    def melody(self) -> tuple[tuple[float, float], ...]:
        """Seconds and value of each point."""
        return tuple((self._number(p, "frame") / self.rate_hz, self._number(p, "value")) for p in self.points)

    def notes(self) -> tuple[NoteRow, ...]:
        """The points as notes; a layer that has MIDI pitches is told by its units."""
        return tuple(
            NoteRow(start_s, self._hz(point), self._number(point, "duration") / self.rate_hz, _text(point))
            for point in self.points
            for start_s in [self._number(point, "frame") / self.rate_hz]
        )

    def _hz(self, point: dict[str, str]) -> float:
        value = self._number(point, "value")
        return value if self.units.lower() == "hz" else 440.0 * 2.0 ** ((min(value, 200.0) - 69.0) / 12.0)

    def _number(self, point: dict[str, str], name: str) -> float:
        try:
            found = float(point.get(name, "0"))
        except ValueError:
            found = float("nan")
        if not -1e15 < found < 1e15:
            raise unreadable(_CALLED, f"A point has “{point[name][:20]}” as its {name}.")
        return found


def write_melody(curve: PitchCurve, rate_hz: int) -> str:
    """Return a layer of time values, a point for each voiced frame."""
    at = np.flatnonzero(curve.voiced).tolist()
    points = [
        f'<point frame="{round(frame * rate_hz / curve.frames_per_s)}" value="{float(curve.hz[frame]):.6g}" label="" />'
        for frame in at
    ]
    span = (float(np.nanmin(curve.hz)), float(np.nanmax(curve.hz))) if at else (0.0, 0.0)
    resolution = max(1, round(rate_hz / curve.frames_per_s))
    return _document(points, rate_hz, f'dimensions="2" resolution="{resolution}"', span, "timevalues", "Pitch")


def write_notes(notes: Iterable[NoteRow], rate_hz: int) -> str:
    """Return a layer of notes in Hz."""
    rows = list(notes)
    points = [
        f'<point frame="{round(note.start_s * rate_hz)}" value="{note.hz:.6f}" '
        f'duration="{max(1, round(note.duration_s * rate_hz))}" level="0.8" label={quoteattr(note.text)} />'
        for note in rows
    ]
    span = (min(note.hz for note in rows), max(note.hz for note in rows)) if rows else (0.0, 0.0)
    shape = 'dimensions="3" resolution="1" subtype="note" valueQuantization="0"'
    return _document(points, rate_hz, shape, span, "notes", "Notes")


def read(data: bytes) -> Layer:
    """Read a layer file; entities of its own are refused."""
    models: list[dict[str, str]] = []
    points: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == "model" and attributes.get("sampleRate"):
            models.append(attributes)
        elif name == "point":
            points.append(attributes)

    def refuse(*declared: object) -> None:
        raise unreadable(_CALLED, "It declares entities, which no layer needs.")

    parser.StartElementHandler = begin
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise unreadable(_CALLED, f"Line {error.lineno} is no XML.") from error
    if not models:
        raise unreadable(_CALLED, "It has no layer with a sample rate.")
    layer = Layer(1.0, models[0].get("units", ""), tuple(points))
    rate_hz = layer._number(models[0], "sampleRate")
    if rate_hz <= 0:
        raise unreadable(_CALLED, "Its sample rate is 0.")
    return layer._replace(rate_hz=rate_hz)


def _document(points: list[str], rate_hz: int, shape: str, span: tuple[float, float], layer: str, name: str) -> str:
    inside = "\n".join(f"      {point}" for point in points)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE sonic-visualiser>
<sv>
  <data>
    <model id="1" name="{name}" sampleRate="{rate_hz}" type="sparse" {shape} notifyOnAdd="true" dataset="0" \
minimum="{span[0]:.6g}" maximum="{span[1]:.6g}" units="Hz" />
    <dataset id="0" dimensions="{shape[12]}">
{inside}
    </dataset>
  </data>
  <display>
    <layer id="2" type="{layer}" name="{name}" model="1" />
  </display>
</sv>
"""


def _text(point: dict[str, str]) -> str:
    return point.get("label", "")
