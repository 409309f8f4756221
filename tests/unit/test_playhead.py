"""Where the ear is, carried on from the newest point."""

from hypothesis import given
from hypothesis import strategies as st

from studio.session.playhead import carried_on

RATE_HZ = 48000


@given(
    position=st.floats(0, 1e9),
    late_s=st.floats(-1.0, 10.0),
    start=st.integers(0, 10**8),
    length=st.integers(1, 10**8),
)
def test_a_playhead_in_a_loop_stays_in_it_and_never_runs_away(
    position: float, late_s: float, start: int, length: int
) -> None:
    now = carried_on(100.0, position, 100.0 + late_s, RATE_HZ, (start, start + length))

    if start <= position < start + length:
        assert start <= now <= start + length
    else:
        assert now <= position + RATE_HZ
