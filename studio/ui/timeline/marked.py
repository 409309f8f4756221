"""Which of very many markers are drawn: those in view, and of those that fall onto one pixel only the longest."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.model.project import Marker
from studio.ui.timeline.viewport import Viewport

_FEW: Final = 200


class Marked:
    """The markers of one project, ready to be looked through at every paint."""

    def __init__(self, markers: tuple[Marker, ...]) -> None:
        self.markers = markers
        starts = np.array([marker.start for marker in markers], np.float64)
        self._order = np.argsort(starts, kind="stable")
        self._starts = starts[self._order]
        self._ends = np.array([marker.end for marker in markers], np.float64)[self._order]

    def seen(self, view: Viewport, room_px: float) -> list[Marker]:
        """Those that are drawn, in their order; words beside a marker may reach `room_px` to its right."""
        first = view.first_sample - room_px * view.samples_per_px
        last = view.first_sample + view.width_px * view.samples_per_px
        there = np.flatnonzero((self._ends >= first) & (self._starts < last))
        if len(there) > _FEW:
            there = there[self._longest(there, view)]
        return [self.markers[at] for at in np.sort(self._order[there]).tolist()]

    def _longest(self, there: NDArray[np.intp], view: Viewport) -> NDArray[np.intp]:
        """Which of those that lie on each pixel is the longest, the first of equals; they come in the order of time."""
        column = np.floor((self._starts[there] - view.first_sample) / view.samples_per_px)
        begins = np.concatenate(([True], column[1:] != column[:-1]))
        length = self._ends[there] - self._starts[there]
        most = np.maximum.reduceat(length, np.flatnonzero(begins))
        which = np.cumsum(begins) - 1
        longest = np.flatnonzero(length == most[which])
        return longest[np.unique(which[longest], return_index=True)[1]]
