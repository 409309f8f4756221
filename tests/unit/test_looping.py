"""Which pass of a loop a recording was in, to the sample."""

from hypothesis import given
from hypothesis import strategies as st

from studio.model.project import Project, TrackId
from studio.session import placing
from studio.session.looping import Loop, Pass
from studio.session.taking import Taking
from tests.helpers.projects import medium

RATE_HZ = 48000
LOOP = Loop(1000, 11_000)
ONE = Loop(0, RATE_HZ)


@given(st.integers(-50, 30_000), st.integers(0, 100_000))
def test_passes_abut_in_the_recording_and_each_lies_where_it_was_sung(late: int, length: int) -> None:
    passes = LOOP.passes(LOOP.start + late, length, RATE_HZ)

    at = max(0, -late)
    for one in passes:
        assert one.at == at
        assert one.length > 0
        assert one.start in LOOP
        assert one.start + one.length <= LOOP.stop
        assert (LOOP.start + late + one.at - one.start) % LOOP.length == 0
        at += one.length
    assert length - at < LOOP.length // 4 or not passes
    assert all(one.start == LOOP.start for one in passes[1:])
    assert all(one.start + one.length == LOOP.stop for one in passes[:-1])


def test_the_moment_before_stop_is_no_pass_but_the_only_pass_always_is_one() -> None:
    moment = RATE_HZ // 8
    assert [one.length for one in Loop(0, RATE_HZ // 2).passes(0, RATE_HZ // 2 + moment - 1, RATE_HZ)] == [RATE_HZ // 2]
    assert [one.length for one in Loop(0, RATE_HZ // 2).passes(0, RATE_HZ // 2 + moment, RATE_HZ)] == [24000, moment]
    assert ONE.passes(0, 10, RATE_HZ) == (Pass(0, 0, 10),)
    assert ONE.passes(-20, 10, RATE_HZ) == ()


def test_a_take_that_nothing_plays_along_with_goes_round_by_the_clock() -> None:
    taking = Taking(name="t", folder="", track=TrackId(""), start=0, rate_hz=RATE_HZ, began_s=10.0, loop=ONE)

    assert (taking.now(9.0), taking.laps(9.0)) == (0.0, 0)
    assert (taking.now(10.75), taking.laps(10.75)) == (0.75 * RATE_HZ, 0)
    assert (taking.now(12.25), taking.laps(12.25)) == (0.25 * RATE_HZ, 2)


def test_passes_land_on_tracks_of_their_own_across_the_files_of_a_take() -> None:
    """A take of two files, of which the second begins in the middle of the second pass."""
    segments = tuple(medium(f"m{part}", 15_000, file=f"takes/one/00{part}.wav") for part in (0, 1))
    edit = placing.placed_passes(Project(), segments, TrackId("t"), 1040, LOOP, heard=True)
    project = edit.apply(Project())

    assert [track.name for track in project.tracks] == ["Take 1", "Take 2", "Take 3"]
    assert [track.muted for track in project.tracks] == [True, True, False]
    assert len({track.colour for track in project.tracks}) == 3
    assert project.tracks[0].id == "t"
    windows = [[(clip.media, clip.source_start, clip.start, clip.length) for clip in track.clips]
               for track in project.tracks]  # fmt: skip
    assert windows == [
        [("m0", 0, 1040, 9960)],
        [("m0", 9960, 1000, 5040), ("m1", 0, 6040, 4960)],
        [("m1", 4960, 1000, 10_000)],
    ]
    assert [media.name for media in project.media] == ["Takes 1 to 3", "Takes 1 to 3, part 2"]
    assert placing.take_number(project) == 4


def test_while_the_loop_goes_on_no_pass_sounds_into_it() -> None:
    segments = (medium("m", 15_000, file="takes/one/000.wav"),)
    project = placing.placed_passes(Project(), segments, None, 1000, LOOP, heard=False).apply(Project())

    assert [track.muted for track in project.tracks] == [True, True]


def test_a_take_that_begins_before_the_timeline_loses_only_what_lies_before_it() -> None:
    segments = (medium("m", 15_000, file="takes/one/000.wav"),)
    edit = placing.placed_take(Project(), segments, None, -40, name="Take 1")
    ((clip,),) = [track.clips for track in edit.apply(Project()).tracks]

    assert (clip.source_start, clip.start, clip.length) == (40, 0, 14_960)
