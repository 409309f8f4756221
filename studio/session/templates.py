"""Templates: what a new project may begin with, as files that a person can read, write and share.

To add one of your own: a TOML file like those in `resources/templates`, in the folder `templates` beside the settings.
"""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from studio import paths
from studio.errors import StudioError
from studio.model.edits.project import HIGHEST_A4_HZ, LOWEST_A4_HZ
from studio.model.project import Marker, MarkerId, Project, Track, TrackId
from studio.session.untitled import UNTITLED

SHIPPED: Final = ("singer", "creator", "streamer")
"""The templates that come with the program, in the order in which they are offered."""

_LARGEST_BYTES: Final = 64 * 1024
_LONGEST_S: Final = 24 * 3600.0

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Seconds = Annotated[float, Meta(ge=0.0, le=_LONGEST_S)]


class TemplateTrack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A track without sound. `colour` is one of the eight that tracks have."""

    name: Name
    colour: Annotated[int, Meta(ge=0, le=7)] = 0
    gain_db: Annotated[float, Meta(ge=-60.0, le=24.0)] = 0.0
    muted: bool = False


class TemplateMarker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named point, or with `length_s` a region."""

    text: Name
    at_s: Seconds
    length_s: Seconds = 0.0


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template file. Without `a4_hz` the person's own tuning is used."""

    title: Name
    about: Annotated[str, Meta(max_length=200)] = ""
    rate_hz: Annotated[int, Meta(ge=44100, le=96000)] = 48000
    a4_hz: Annotated[float, Meta(ge=LOWEST_A4_HZ, le=HIGHEST_A4_HZ)] | None = None
    tracks: Annotated[tuple[TemplateTrack, ...], Meta(min_length=1, max_length=64)]
    markers: Annotated[tuple[TemplateMarker, ...], Meta(max_length=500)] = ()

    def project(self, a4_hz: float) -> Project:
        """The untitled project that this begins; `a4_hz` is the person's tuning."""
        return Project(
            name=UNTITLED,
            rate_hz=self.rate_hz,
            a4_hz=self.a4_hz or a4_hz,
            tracks=tuple(
                Track(
                    id=TrackId(f"t.{number}"),
                    name=track.name,
                    colour=track.colour,
                    gain_db=track.gain_db,
                    muted=track.muted,
                )
                for number, track in enumerate(self.tracks, 1)
            ),
            markers=tuple(
                Marker(
                    id=MarkerId(f"k.{number}"),
                    text=marker.text,
                    start=round(marker.at_s * self.rate_hz),
                    length=round(marker.length_s * self.rate_hz),
                )
                for number, marker in enumerate(self.markers, 1)
            ),
        )


class Offer(Struct, frozen=True, kw_only=True):
    """A template as a menu shows it. One that cannot be read is offered too: choosing it says what is wrong."""

    name: str
    title: str
    about: str = ""


def shipped_folder() -> Path:
    """Where the templates that come with the program lie."""
    return paths.resources() / "templates"


def own_folder() -> Path:
    """Where a person's own templates lie; nobody has to have any."""
    return paths.config() / "templates"


def shipped() -> tuple[Offer, ...]:
    """The templates that come with the program."""
    return tuple(_offer(name, shipped_folder()) for name in SHIPPED)


def own() -> tuple[Offer, ...]:
    """The person's own templates, by their file names."""
    folder = own_folder()
    try:
        names = sorted(path.stem for path in folder.glob("*.toml"))
    except OSError:
        return ()
    return tuple(_offer(name, folder) for name in names)


def load(name: str, folder: Path) -> Template:
    """Read the template of that name in a folder; StudioError says what is wrong with it."""
    path = folder / f"{name}.toml"
    try:
        if path.resolve().parent != folder.resolve():
            raise _refused(
                name, "Its file would lie outside the folder of templates.", "Copy the file into the folder."
            )
        if not path.is_file():
            raise _refused(name, "There is no such file.", f"Put {name}.toml into the folder “{folder.name}”.")
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise _refused(name, "Its file is too large for a template.", "Check that it is the right file.")
        return msgspec.toml.decode(content, type=Template)
    except OSError as error:
        raise _refused(name, "Its file could not be read.", "Check who may read it.") from error
    except ValueError as error:  # a "\0" in the name, no UTF-8, no TOML, a figure out of its bounds
        raise _refused(name, _sentence(error), f"Correct {name}.toml, or remove it.") from error
    except RecursionError:
        raise _refused(name, "Its file makes no sense.", f"Correct {name}.toml, or remove it.") from None


def _offer(name: str, folder: Path) -> Offer:
    try:
        template = load(name, folder)
    except StudioError as error:
        return Offer(name=name, title=name, about=error.explanation.cause)
    return Offer(name=name, title=template.title, about=template.about)


def _sentence(error: ValueError) -> str:
    words = str(error).strip().rstrip(".") or "it makes no sense"
    return f"Its file cannot be understood: {words[0].lower()}{words[1:]}."


def _refused(name: str, cause: str, remedy: str) -> StudioError:
    return StudioError("template.unreadable", f"The template “{name}” was not opened.", cause=cause, remedy=remedy)
