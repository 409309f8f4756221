"""When a worker is started again, and when it counts as hung; every clock is an argument."""

import hypothesis.strategies as st
from hypothesis import given

from studio.supervision.policy import Pulse, RestartPolicy


def test_a_worker_that_dies_at_once_is_started_five_times_with_growing_pauses() -> None:
    policy, now_s = RestartPolicy(), 0.0
    delays = []
    while (delay_s := policy.died(now_s)) is not None:
        delays.append(round(delay_s, 3))
        now_s += delay_s

    assert delays == [0.2, 0.6, 1.8, 5.0]  # the first start and these four make five


def test_a_minute_of_health_forgives_earlier_deaths() -> None:
    policy = RestartPolicy()
    for now_s in (0.0, 1.0, 2.0, 3.0):
        assert policy.died(now_s) is not None
    policy.became_ready(4.0)

    assert policy.died(64.0) == 0.2


def test_a_minute_in_which_it_never_got_ready_forgives_nothing() -> None:
    policy = RestartPolicy()
    for now_s in (0.0, 1.0, 2.0, 3.0):
        policy.died(now_s)

    assert policy.died(70.0) is None


def test_the_fifth_death_counts_only_within_three_minutes() -> None:
    policy = RestartPolicy()
    for now_s in (0.0, 50.0, 100.0, 150.0):
        assert policy.died(now_s) is not None

    assert policy.died(181.0) is not None
    assert policy.died(182.0) is None


def test_asking_for_a_new_start_forgives_everything() -> None:
    policy = RestartPolicy()
    while policy.died(0.0) is not None:
        pass
    policy.forgive()

    assert policy.died(0.0) == 0.2


@given(gaps=st.lists(st.floats(0, 300), max_size=40))
def test_there_are_never_more_than_five_deaths_in_three_minutes(gaps: list[float]) -> None:
    policy, now_s, deaths = RestartPolicy(), 0.0, list[float]()
    for gap_s in gaps:
        now_s += gap_s
        deaths.append(now_s)
        if policy.died(now_s) is None:
            break
    for last_s in deaths:
        assert sum(last_s - 180 < death_s <= last_s for death_s in deaths) <= 5


def test_silence_is_noticed_within_a_second_of_the_patience() -> None:
    pulse = Pulse()
    pulse.begin(0.0, patience_s=5.0)
    pulse.heard(1.0)
    looks = [look / 4 for look in range(1, 40)]

    assert next(now_s for now_s in looks if pulse.is_overdue(now_s)) == 6.25


def test_a_worker_is_not_blamed_for_the_time_in_which_the_desktop_was_stopped() -> None:
    pulse = Pulse()
    pulse.begin(0.0, patience_s=5.0)

    assert not pulse.is_overdue(0.25)
    assert not pulse.is_overdue(100.0)  # we slept; what it said is still in the pipe
    assert not any(pulse.is_overdue(100.0 + look / 4) for look in range(1, 20))
    assert pulse.is_overdue(105.25)
