"""Messages survive any chopping; nothing else gets through, and nothing makes us reserve memory for it."""

import tracemalloc
from collections.abc import Callable, Iterator
from typing import get_args

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from studio.errors import Explanation
from studio.model.project import Clip, ClipId, Media, MediaId, Project, Track, TrackId
from studio.protocol.common import Cancel, Failed, Heartbeat, InjectFault, JobId, Progress, Shutdown
from studio.protocol.jobs import BuildPeaks, ImportMedia, PeaksBuilt
from studio.protocol.live import LoadProject, Play
from studio.protocol.messages import Event, Request
from studio.protocol.wire import MAX_FRAME, BadFrame, Frames, decode_event, decode_request, frame

jobs = st.integers(0, 2**62).map(JobId)
texts = st.text(max_size=60)
fractions = st.floats(0, 1)
projects = st.builds(
    Project,
    name=texts,
    tracks=st.tuples(
        st.builds(
            Track,
            id=texts.map(TrackId),
            name=texts,
            clips=st.tuples(
                st.builds(
                    Clip,
                    id=texts.map(ClipId),
                    media=texts.map(MediaId),
                    source_start=st.integers(0, 2**40),
                    start=st.integers(0, 2**40),
                    length=st.integers(1, 2**40),
                )
            ),
        )
    ),
    media=st.tuples(
        st.builds(
            Media, id=texts.map(MediaId), name=texts, file=st.just("media/a.wav"), rate_hz=st.just(48000),
            channels=st.just(2), length=st.integers(0, 2**40),
        )
    ),
)  # fmt: skip
requests: st.SearchStrategy[Request] = st.one_of(
    st.builds(Cancel, job=jobs),
    st.just(Shutdown()),
    st.builds(InjectFault, kind=st.sampled_from(["crash", "hang"])),
    st.builds(ImportMedia, job=jobs, path=texts, project_dir=texts, rate_hz=st.integers(0, 384000)),
    st.builds(BuildPeaks, job=jobs, path=texts, media=texts.map(MediaId)),
    st.builds(LoadProject, project=projects, project_dir=texts),
    st.builds(Play, start=st.integers(0, 2**40)),
)
explanations = st.builds(Explanation, code=texts, title=texts, cause=texts, remedy=texts, detail=texts)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Progress, job=jobs, fraction=fractions, stage=texts),
    st.builds(Heartbeat, rss_bytes=st.integers(0, 2**50)),
    st.builds(Failed, job=jobs, why=explanations),
    st.builds(PeaksBuilt, job=jobs, media=texts.map(MediaId), path=texts),
)


def chopped(stream: bytes, data: st.DataObject) -> Iterator[bytes]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        yield stream[start:stop]


@given(sent=st.lists(requests, max_size=8), data=st.data())
def test_requests_survive_any_chopping(sent: list[Request], data: st.DataObject) -> None:
    frames = Frames()
    stream = b"".join(map(frame, sent))

    received = [decode_request(body) for piece in chopped(stream, data) for body in frames.feed(piece)]

    assert received == sent


@given(sent=st.lists(events, max_size=8), data=st.data())
def test_events_survive_any_chopping(sent: list[Event], data: st.DataObject) -> None:
    frames = Frames()
    stream = b"".join(map(frame, sent))

    received = [decode_event(body) for piece in chopped(stream, data) for body in frames.feed(piece)]

    assert received == sent


def _allocated_for(try_it: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(BadFrame):
            try_it()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\x91" * 100_000,
        b"\x81\xa4type" * 100_000,
        msgspec.msgpack.encode({"type": "Reboot"}),
        msgspec.msgpack.encode({"type": "Devices", "devices": []}).replace(b"\x90", b"\xdd\xff\xff\xff\xff"),
        msgspec.msgpack.encode({"type": "Devices", "devices": []}).replace(b"\x90", b"\x91" * 100_000),
        msgspec.msgpack.encode({"type": "Progress", "job": 1, "fraction": "much"}),
        msgspec.msgpack.encode({"type": "Progress", "job": 1}),
        msgspec.msgpack.encode({"type": "Progress", "job": 1, "fraction": 0.5, "stage": "abc"})[:-3] + b"\xff\xfe\xfd",
        msgspec.msgpack.encode({"type": "PitchTracked", "job": 1, "pitch": {"id": "p"}}),
    ],
    ids=lambda body: body[:12].hex() or "empty",
)
def test_what_is_no_event_is_refused_without_reserving_memory_for_it(body: bytes) -> None:
    assert _allocated_for(lambda: decode_event(body)) < 1 << 20


def test_a_value_that_its_own_type_forbids_is_refused_like_any_other() -> None:
    impossible = {"type": "LoadProject", "project": {"rate_hz": 1}, "project_dir": "/"}

    with pytest.raises(BadFrame, match="not a rate"):
        decode_request(msgspec.msgpack.encode(impossible))


@given(body=st.binary(max_size=200))
@settings(max_examples=500)
def test_noise_is_an_event_or_refused(body: bytes) -> None:
    try:
        event = decode_event(body)
    except BadFrame:
        return
    assert isinstance(event, get_args(Event))


@given(event=events, data=st.data())
@settings(max_examples=300)
def test_a_flipped_byte_gives_another_event_or_is_refused(event: Event, data: st.DataObject) -> None:
    stream = bytearray(frame(event))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    frames = Frames()
    try:
        decoded = [decode_event(body) for body in frames.feed(bytes(stream))]
    except BadFrame:
        return
    assert all(isinstance(one, get_args(Event)) for one in decoded)


@pytest.mark.parametrize("length", [MAX_FRAME + 1, 2**31, 2**32 - 1])
def test_a_length_that_cannot_be_ours_is_refused_at_once(length: int) -> None:
    assert _allocated_for(lambda: list(Frames().feed(length.to_bytes(4, "little") + b"x"))) < 1 << 20


def test_a_truncated_frame_waits_for_its_rest() -> None:
    stream = frame(Heartbeat(rss_bytes=7))
    frames = Frames()

    assert list(frames.feed(stream[:-1])) == []
    assert [decode_event(body) for body in frames.feed(stream[-1:])] == [Heartbeat(rss_bytes=7)]


def test_sound_in_a_message_is_noticed_where_it_is_put_in() -> None:
    with pytest.raises(BadFrame, match="BuildPeaks"):
        frame(BuildPeaks(job=JobId(1), path="x" * (MAX_FRAME + 1), media=MediaId("m")))


def test_a_reader_who_stops_in_the_middle_loses_nothing() -> None:
    frames = Frames()
    stream = b"".join(frame(Heartbeat(rss_bytes=number)) for number in range(3))

    first = next(frames.feed(stream[:-2]))
    rest = [decode_event(body) for body in frames.feed(stream[-2:])]

    assert decode_event(first) == Heartbeat(rss_bytes=0)
    assert rest == [Heartbeat(rss_bytes=1), Heartbeat(rss_bytes=2)]
