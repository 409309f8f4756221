"""Which notes a height of pixels shows. A pure value, as `Viewport` is for time."""

import math
from typing import Final, Self

from msgspec import Struct
from msgspec.structs import replace

from studio.model.pitch import hz_to_midi, midi_to_hz, note_name

LOWEST_MIDI: Final = 21.0
HIGHEST_MIDI: Final = 108.0
_BLACK: Final = frozenset((1, 3, 6, 8, 10))
_FEWEST_SEMITONES: Final = 4.0
_ROUND_HZ: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


class PitchAxis(Struct, frozen=True, kw_only=True):
    """`top_midi` lies at pixel 0; each semitone is `px_per_semitone` high. Notes are centred on their row."""

    top_midi: float = 76.0
    px_per_semitone: float = 8.0
    height_px: int = 200

    def y_of(self, midi: float) -> float:
        """The pixel at which a note number lies."""
        return (self.top_midi - midi) * self.px_per_semitone

    def midi_at(self, y: float) -> float:
        """The note number under a pixel."""
        return self.top_midi - y / self.px_per_semitone

    @property
    def bottom_midi(self) -> float:
        """The note number at the lower edge."""
        return self.midi_at(self.height_px)

    @property
    def rows(self) -> range:
        """The whole notes of which a part is in view."""
        return range(math.floor(self.bottom_midi + 0.5), math.floor(self.top_midi + 0.5) + 1)

    def zoomed(self, factor: float, about_y: float) -> Self:
        """Rows `factor` times as high; what lies under `about_y` stays there."""
        least = self.height_px / (HIGHEST_MIDI - LOWEST_MIDI)
        px = min(max(self.px_per_semitone * factor, least), self.height_px / _FEWEST_SEMITONES)
        top = self.midi_at(about_y) + about_y / px
        return replace(self, top_midi=top, px_per_semitone=px).clamped()

    def scrolled(self, by_px: float) -> Self:
        """Towards lower notes by so many pixels."""
        return replace(self, top_midi=self.top_midi - by_px / self.px_per_semitone).clamped()

    def fitted(self, low_midi: float, high_midi: float, margin: float = 2.5) -> Self:
        """Show these notes with some semitones around them, an octave at the least."""
        middle, span = (low_midi + high_midi) / 2, max(high_midi - low_midi + 2 * margin, 12.0)
        return replace(self, top_midi=middle + span / 2, px_per_semitone=self.height_px / span).clamped()

    def resized(self, height_px: int) -> Self:
        """The same notes in another height."""
        height = max(height_px, 1)
        return replace(self, px_per_semitone=self.px_per_semitone * height / self.height_px, height_px=height)

    def clamped(self) -> Self:
        """Kept to the notes of a piano."""
        span = self.height_px / self.px_per_semitone
        top = min(max(self.top_midi, LOWEST_MIDI + span), max(HIGHEST_MIDI, LOWEST_MIDI + span))
        return replace(self, top_midi=top)


def is_black(midi: int) -> bool:
    """Whether a note is a black key."""
    return midi % 12 in _BLACK


def note_labels(axis: PitchAxis, *, flats: bool = False) -> list[tuple[float, str]]:
    """Note numbers and names: every C, every white key where there is room, every key where there is more."""
    return [(float(midi), note_name(midi, flats=flats)) for midi in axis.rows if _is_labelled(midi, axis)]


def _is_labelled(midi: int, axis: PitchAxis) -> bool:
    if midi % 12 == 0:
        return True
    return axis.px_per_semitone >= (22 if is_black(midi) else 15)


def hz_labels(axis: PitchAxis, a4_hz: float, room_px: float = 18.0) -> list[tuple[float, str]]:
    """Note numbers and frequencies that read well, at least `room_px` apart."""
    low, high = midi_to_hz(axis.bottom_midi, a4_hz), midi_to_hz(axis.top_midi, a4_hz)
    labels: list[tuple[float, str]] = []
    for power in range(1, 5):
        for digit in _ROUND_HZ:
            hz = digit * 10.0**power
            if low <= hz <= high:
                midi = hz_to_midi(hz, a4_hz)
                if not labels or (midi - labels[-1][0]) * axis.px_per_semitone >= room_px:
                    labels.append((midi, f"{hz:.0f} Hz"))
    return labels
