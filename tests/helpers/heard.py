"""What a project says about every single sample: the slow, obvious truth that clever edits are held against."""

from collections import Counter

from studio.model.project import Project, Track, TrackId

Sample = Counter[tuple[str, int, float]]
"""What sounds at one timeline sample: (medium, sample of the medium, gain), and how often."""


def heard(track: Track, length: int) -> list[Sample]:
    """The first `length` samples of a track, one by one."""
    samples: list[Sample] = [Counter() for _ in range(length)]
    for clip in track.clips:
        for at in range(clip.start, clip.end):
            samples[at][clip.media, clip.source_start + at - clip.start, clip.gain_db] += 1
    return samples


def all_heard(project: Project, length: int) -> dict[TrackId, list[Sample]]:
    """`heard` of every track."""
    return {track.id: heard(track, length) for track in project.tracks}
