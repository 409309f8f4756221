"""Which picture belongs to which sample of the timeline."""

from studio.model.edits import SetPictures
from studio.model.pictures import Pictures
from studio.model.project import Clip, ClipId, Media, MediaId, Project, Track, TrackId
from studio.model.video import has_pictures, moment_at, shots
from studio.session.placing import placed_import

S = 8000  # samples in a second


def pictures(path: str, length_s: float = 10.0, begins_s: float = 0.0) -> Pictures:
    return Pictures(path=path, width=16, height=9, fps=25, begins_s=begins_s, length_s=length_s)


def medium(name: str, seen: Pictures | None = None) -> Media:
    return Media(
        id=MediaId(name),
        name=name,
        file=f"media/{name}.wav",
        rate_hz=S,
        channels=1,
        length=10 * S,
        pictures=seen,
    )


def clip(media: str, start: int, length: int, source_start: int = 0) -> Clip:
    return Clip(
        id=ClipId(f"{media}{start}"), media=MediaId(media), source_start=source_start, start=start, length=length
    )


def project(*tracks: tuple[Clip, ...], media: tuple[Media, ...]) -> Project:
    lanes = tuple(Track(id=TrackId(f"t{n}"), name="", clips=clips) for n, clips in enumerate(tracks))
    return Project(rate_hz=S, tracks=lanes, media=media)


def test_the_picture_follows_the_clip_wherever_it_lies() -> None:
    made = project((clip("a", 2 * S, 3 * S, S),), media=(medium("a", pictures("a.mp4", begins_s=0.5)),))

    assert moment_at(made, 2 * S - 1) is None
    found = moment_at(made, 2.5 * S)
    assert found is not None
    assert (found.pictures.path, found.time_s) == ("a.mp4", 2.0)
    assert moment_at(made, 5 * S) is None


def test_the_upper_track_is_seen_and_the_lower_one_around_it() -> None:
    made = project(
        (clip("a", 2 * S, S),),
        (clip("b", 0, 5 * S),),
        media=(medium("a", pictures("a.mp4")), medium("b", pictures("b.mp4"))),
    )

    seen = [(shot.pictures.path, shot.start, shot.stop, shot.time_s) for shot in shots(made)]

    assert seen == [("b.mp4", 0, 2 * S, 0.0), ("a.mp4", 2 * S, 3 * S, 0.0), ("b.mp4", 3 * S, 5 * S, 3.0)]
    for sample in range(0, 5 * S, S // 4):
        at = moment_at(made, sample)
        shot = next(shot for shot in shots(made) if shot.start <= sample < shot.stop)
        assert at is not None
        assert at.pictures == shot.pictures
        assert at.time_s == shot.time_s + (sample - shot.start) / S


def test_pictures_that_end_before_the_sound_are_not_seen_after_that() -> None:
    made = project((clip("a", 0, 9 * S),), media=(medium("a", pictures("a.mp4", length_s=4)),))

    assert [(shot.start, shot.stop) for shot in shots(made)] == [(0, 4 * S)]


def test_sound_alone_has_nothing_to_see() -> None:
    made = project((clip("a", 0, 9 * S),), media=(medium("a"),))

    assert not has_pictures(made)
    assert shots(made) == ()


def test_a_video_whose_sound_is_there_already_brings_its_pictures() -> None:
    made = project((clip("a", 0, 9 * S),), media=(medium("a"),))

    edit = placed_import(made, medium("a", pictures("a.mp4")), None, 0)

    assert isinstance(edit.edits[0], SetPictures)
    assert has_pictures(edit.apply(made))
