"""Which of very many markers are drawn: those in view, and of those that fall onto one pixel only the longest."""

from typing import Final

import numpy as np

from studio.model.project import Marker
from studio.ui.timeline.viewport import Viewport

_FEW: Final = 200


class Marked:
    """The markers of one project, ready to be looked through at every paint."""

    def __init__(self, markers: tuple[Marker, ...]) -> None:
        self.markers = markers
        self._starts = np.array([marker.start for marker in markers], np.float64)
        self._ends = np.array([marker.end for marker in markers], np.float64)

    def seen(self, view: Viewport, room_px: float) -> list[Marker]:
        """Those that are drawn, in their order; words beside a marker may reach `room_px` to its right."""
        first = view.first_sample - room_px * view.samples_per_px
        last = view.first_sample + view.width_px * view.samples_per_px
        there = np.flatnonzero((self._ends >= first) & (self._starts < last))
        if len(there) > _FEW:
            column = np.floor((self._starts[there] - view.first_sample) / view.samples_per_px)
            order = np.lexsort((self._starts[there] - self._ends[there], column))
            there = np.sort(there[order[np.unique(column[order], return_index=True)[1]]])
        return [self.markers[at] for at in there.tolist()]
