"""What a source says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["OGL", "OS_ATTRIBUTION", "Column", "Source", "boundaries"]

OGL = "Open Government Licence v3.0"
OS_ATTRIBUTION = "Contains OS data © Crown copyright and database right; source: Office for National Statistics"


@dataclass(frozen=True)
class Column:
    """A column a reader wants: the names its publishers have given it over the years.

    ``##`` in a name stands for any two digits of a year: ``WD##CD`` is WD24CD, WD25CD… Case, spaces, underscores and
    hyphens do not count. The first name is the one used in messages.
    """

    names: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Source:
    """A kind of file the program can load; each module of ``data.sources`` declares one as ``SOURCE``.

    ``section`` and ``key`` are where the configuration names its files: declaring them here is what makes the key
    known. ``disables`` completes "Left out without it: …" of `status`, and "What that leaves out" on the Data page.
    """

    name: str
    section: str
    key: str
    title: str
    publisher: str
    licence: str = OGL
    disables: str = ""
    required: bool = False
    many: bool = False
    columns: Mapping[str, Column] = field(default_factory=dict)
    attribution: str = ""


def boundaries(name: str, title: str, *, required: bool = False, disables: str = "") -> Source:
    """Boundary files of the Office for National Statistics, named in ``[geography]``."""
    return Source(
        name=name,
        section="geography",
        key=name,
        title=title,
        publisher="Office for National Statistics",
        disables=disables,
        required=required,
        many=True,
        attribution=OS_ATTRIBUTION,
    )
