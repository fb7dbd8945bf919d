"""Ranked lists of similar areas: the ONS statistical neighbours, or any file of the same shape."""

from __future__ import annotations

import re
from pathlib import Path

from data.errors import LoadError
from data.sources._source import Column, Source
from data.sources._tables import matched_columns, read_header, read_text_table

__all__ = ["SOURCE", "read"]

SOURCE = Source(
    name="similar_areas",
    section="families",
    key="file",
    title="Similar areas",
    publisher="Office for National Statistics",
    disables="comparison with similar areas",
    columns={"area_code": Column(("AREACD", "area_code", "LAD##CD", "CSP##CD", "code"))},
)


def read(path: Path) -> dict[str, list[str]]:
    """The similar areas of each area, nearest first.

    The file has one row per area: its code, then one column per rank, headed 1, 2, 3… (the ONS layout).
    """
    header = read_header(path, SOURCE)
    ranks = sorted(int(name) for name in header if re.fullmatch(r"\d{1,3}", name))
    matched_columns(header, SOURCE.columns, path, SOURCE)
    if not ranks:
        raise LoadError(
            "missing_column",
            "no columns headed 1, 2, 3… holding the similar areas by rank",
            file=path,
            row=1,
            remedy="Use the ONS statistical neighbours file as downloaded.",
        )
    columns = {"area_code": SOURCE.columns["area_code"]} | {str(rank): Column((str(rank),)) for rank in ranks}
    frame = read_text_table(path, SOURCE, columns).frame
    members = frame[[str(rank) for rank in ranks]].to_numpy()
    return {
        str(code): [str(member) for member in row if isinstance(member, str)]
        for code, row in zip(frame["area_code"], members, strict=True)
        if isinstance(code, str)
    }
