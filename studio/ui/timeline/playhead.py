"""Where the view goes while the playhead moves."""

from studio.settings.schema import Follow
from studio.ui.timeline.viewport import Viewport

_PAGE_MARGIN = 0.02


def follow(viewport: Viewport, sample: float, how: Follow) -> Viewport:
    """The viewport for a playhead at a sample: turned like a page, scrolled along, or as it was.

    Scrolling along begins only once the playhead has reached the middle, so that pressing play moves nothing.
    """
    if how == "off":
        return viewport
    if how == "page" or not viewport.first_sample <= sample < viewport.last_sample:
        return viewport.revealing(sample, _PAGE_MARGIN)
    centred = viewport.centred(sample)
    return centred if centred.first_sample > viewport.first_sample else viewport
