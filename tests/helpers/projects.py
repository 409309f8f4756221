"""Small projects for tests."""

from studio.model.project import Clip, ClipId, Media, MediaId, Project, Track, TrackId

RATE_HZ = 48000


def medium(id: str = "m1", length: int = 10 * RATE_HZ, rate_hz: int = RATE_HZ, file: str = "") -> Media:
    return Media(
        id=MediaId(id), name=f"{id}.wav", file=file or f"media/{id}.wav", rate_hz=rate_hz, channels=1, length=length
    )


def clip(id: str, start: int, length: int, media: str = "m1", source_start: int = 0) -> Clip:
    return Clip(id=ClipId(id), media=MediaId(media), source_start=source_start, start=start, length=length, name=id)


def two_tracks() -> Project:
    """Track a has clips c1 (0 to 1000) and c2 (2000 to 3000), track b has c3 (500 to 1500)."""
    return Project(
        media=(medium(),),
        tracks=(
            Track(id=TrackId("a"), name="A", clips=(clip("c1", 0, 1000), clip("c2", 2000, 1000, source_start=2000))),
            Track(id=TrackId("b"), name="B", clips=(clip("c3", 500, 1000),), colour=1),
        ),
    )
