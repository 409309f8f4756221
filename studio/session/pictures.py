"""Where the pictures of media lie."""

from pathlib import Path

from studio import paths
from studio.model.project import MediaId


def peaks_path(media: MediaId) -> Path:
    """The peak pyramid of a medium, whether or not it was built yet."""
    return paths.peaks() / f"{media}.peaks"
