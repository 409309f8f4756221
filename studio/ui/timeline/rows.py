"""Where each track lies from top to bottom. Pure geometry in logical pixels."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from msgspec import Struct

from studio.model.project import Track, TrackId

DEFAULT_HEIGHT = 112
ROOMY_HEIGHT = 200
"""How high rows become by themselves where there is room; a person may drag them higher."""
LOWEST = 48
HIGHEST = 480
CLIP_HEADER = 16
CLIP_INSET = 2
"""Free pixels above and below a clip in its row; the lowest is the line between rows."""


class Row(Struct, frozen=True):
    """The band of one track; `top` counts from the first track's top, before scrolling."""

    track: TrackId
    top: int
    height: int

    @property
    def bottom(self) -> int:
        """First pixel below the row."""
        return self.top + self.height

    @property
    def clip_top(self) -> int:
        """Where clips begin."""
        return self.top + CLIP_INSET

    @property
    def clip_bottom(self) -> int:
        """First pixel below the clips."""
        return self.bottom - CLIP_INSET - 1


class Rows:
    """All rows of a project, from its tracks and the heights that a person dragged.

    Below a track there may be lanes: bands as high as rows, for tracks that are still to come.
    """

    def __init__(
        self,
        tracks: Sequence[Track] = (),
        heights: Mapping[TrackId, int] | None = None,
        room: int = 0,
        lanes: Mapping[TrackId, int] | None = None,
    ) -> None:
        rows = []
        below = lanes or {}
        own = _own_height(tracks, heights or {}, room, sum(below.get(track.id, 0) for track in tracks))
        top = 0
        self._lanes: dict[TrackId, tuple[Row, ...]] = {}
        for track in tracks:
            height = min(max((heights or {}).get(track.id, own), LOWEST), HIGHEST)
            rows.append(Row(track.id, top, height))
            top += height
            if track.id in below:
                self._lanes[track.id] = tuple(Row(track.id, top + n * own, own) for n in range(below[track.id]))
                top += below[track.id] * own
        self.all = tuple(rows)
        self.height = top
        self._tops = [row.top for row in rows]
        self._by_track = {row.track: row for row in rows}

    def at(self, y: float) -> Row | None:
        """The row under a height, or None beside all of them."""
        row = self.nearest(y)
        return row if row is not None and row.top <= y < row.bottom else None

    def nearest(self, y: float) -> Row | None:
        """The row under a height, the one above it where a lane is, or the first or last one; None without tracks."""
        return self.all[max(bisect_right(self._tops, y) - 1, 0)] if self.all else None

    def lanes(self, track: TrackId) -> tuple[Row, ...]:
        """The lanes below a track."""
        return self._lanes.get(track, ())

    def visible(self, top: float, height: float) -> tuple[Row, ...]:
        """The rows that show in a window of that height, scrolled down by `top`."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        last = bisect_right(self._tops, top + height - 1)
        return self.all[first:last]

    def of(self, track: TrackId) -> Row | None:
        """The row of a track, or None when it is gone."""
        return self._by_track.get(track)

    def between(self, a: float, b: float) -> tuple[TrackId, ...]:
        """The tracks from one height to another, in order."""
        one, other = self.nearest(min(a, b)), self.nearest(max(a, b))
        if one is None or other is None:
            return ()
        return tuple(row.track for row in self.all if one.top <= row.top <= other.top)


def _own_height(tracks: Sequence[Track], heights: Mapping[TrackId, int], room: int, lanes: int) -> int:
    """The height of lanes, and of the rows that nobody dragged: few of them share the room that there is."""
    taken = [heights[track.id] for track in tracks if track.id in heights]
    free = len(tracks) - len(taken) + lanes
    return min(max((room - sum(taken)) // free, DEFAULT_HEIGHT), ROOMY_HEIGHT) if free else DEFAULT_HEIGHT
