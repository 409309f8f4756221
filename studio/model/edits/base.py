"""What every edit is made of."""

import re
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from studio.errors import StudioError
from studio.model.project import Clip, ClipId, Fade, Project, Track, TrackId, fresh_id


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class EditBase(Struct, frozen=True, tag=_snake_case):
    """A change to the project.

    `apply` is pure: same project in, same project out, nothing else touched. Undo therefore needs no code of its
    own: the history keeps the project from before. `label` is what the Edit menu and the history call it.
    """

    label: ClassVar[str]

    @property
    def gesture(self) -> str:
        """Edits that follow each other with the same non-empty gesture are one undo step."""
        return ""

    def apply(self, project: Project) -> Project:
        """The project after the edit; StudioError when the edit is impossible there."""
        try:
            return self.change(project)
        except KeyError as missing:
            raise StudioError(
                "edit.gone",
                f"{self.label}: not done.",
                cause=f"The project has no {missing.args[0]!r} any more.",
                remedy="Select it again, or undo what removed it.",
            ) from missing
        except ValueError as wrong:
            raise StudioError(
                "edit.impossible", f"{self.label}: not done.", cause=f"{wrong}.", remedy="Choose another value."
            ) from wrong

    def change(self, project: Project) -> Project:
        """What `apply` does; ValueError and KeyError become explanations there."""
        raise NotImplementedError


def refuse(code: str, title: str, cause: str, remedy: str) -> StudioError:
    """An edit that cannot be done, as the person is told."""
    return StudioError(f"edit.{code}", title, cause=cause, remedy=remedy)


class FreshIds:
    """Hands out clip ids that no clip has yet, always the same ones for the same project and order of asking."""

    def __init__(self, project: Project) -> None:
        self._taken: set[str] = {clip.id for clip in project.clips}

    def like(self, base: str) -> ClipId:
        """A new id made from the stem of another."""
        fresh = fresh_id(base, self._taken)
        self._taken.add(fresh)
        return ClipId(fresh)

    def claim(self, clip: Clip) -> Clip:
        """The clip itself where its id is free, else the same clip under a new id."""
        if clip.id not in self._taken:
            self._taken.add(clip.id)
            return clip
        return replace(clip, id=self.like(clip.id))


def fitted(clip: Clip) -> Clip:
    """The clip with fades that fit into it: shortened in proportion where together they are too long."""
    fade_in, fade_out = clip.fade_in.length, clip.fade_out.length
    if fade_in + fade_out <= clip.length:
        return clip
    shorter = clip.length * fade_in // (fade_in + fade_out)
    return replace(
        clip,
        fade_in=replace(clip.fade_in, length=shorter),
        fade_out=replace(clip.fade_out, length=clip.length - shorter),
    )


def part(clip: Clip, start: int, stop: int) -> Clip:
    """What is left of a clip between two timeline samples that overlap it; a fade stays where its end stays."""
    start, stop = max(start, clip.start), min(stop, clip.end)
    if start == clip.start and stop == clip.end:
        return clip
    return fitted(
        replace(
            clip,
            start=start,
            source_start=clip.source_start + start - clip.start,
            length=stop - start,
            fade_in=clip.fade_in if start == clip.start else Fade(),
            fade_out=clip.fade_out if stop == clip.end else Fade(),
        )
    )


def check_sound(project: Project, clip: Clip) -> None:
    """Refuse a clip whose medium is not there or not long enough."""
    if clip.source_end > project.medium(clip.media).length:
        raise ValueError(f"the clip {clip.id} ends after its sound does")


def tracks_named(project: Project, ids: tuple[TrackId, ...]) -> tuple[Track, ...]:
    """The tracks of those ids, each once, in the order of asking; KeyError for one that is not there."""
    return tuple(project.track(track) for track in dict.fromkeys(ids))


def with_tracks(project: Project, changed: dict[TrackId, Track]) -> Project:
    """The project with some tracks replaced; unchanged tracks stay the same objects."""
    return replace(project, tracks=tuple(changed.get(track.id, track) for track in project.tracks))
