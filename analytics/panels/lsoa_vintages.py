"""Which edition of the small areas the rows carry, and how codes of 2011 became areas of 2021."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.panels._data import manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_lsoa_vintages_panel"]

ID = "lsoa_vintages"
COLUMNS = (
    Column("group", "How the small area is known"),
    Column("rows", "Rows", "integer"),
    Column("share_pct", "Share", "percent1"),
    Column("sureness", "Sureness"),
    Column("code", "Name in the manifest", hidden=True),
)
_GROUPS = {
    "2021": ("Code of 2021", "exact"),
    "2011_other": ("Code of 2011 that is the same in 2021", "exact"),
    "merged": ("Code of 2011, merged into a larger area of 2021", "exact"),
    "split_by_point": ("Code of 2011 that was split: by the point on the map", "near the point"),
    "irregular_by_point": ("Code of 2011 that was redrawn: by the point on the map", "near the point"),
    "split_by_population": ("Code of 2011 that was split: shared out by residents", "estimate"),
    "irregular_by_population": ("Code of 2011 that was redrawn: shared out by residents", "estimate"),
    "unknown": ("A code in neither edition", "not known"),
    "without_code": ("No code in the file", "not known"),
}


@panel(ID, page="data", title="Which edition of the small areas do the rows carry?", uses=set())
def build_lsoa_vintages_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a way in which rows found their small area (LSOA) of 2021, over all files loaded.

    sureness: "exact" (nothing was guessed), "near the point" (the published point decides, itself moved by up to some
    hundred metres), "estimate" (shared out by residents; wards are placed by the point all the same), "not known".
    """
    vintages = dict(context.manifest.lsoa_vintages.rows_by_vintage)
    mapped = dict(context.manifest.lsoa_vintages.mapped)
    rest = vintages.pop("2011", 0) - sum(mapped.values())
    found = {**vintages, **mapped, **({"2011_other": rest} if rest > 0 else {})}
    total = sum(found.values())
    rows = [
        {
            "group": _GROUPS.get(code, (code.replace("_", " "), "not known"))[0],
            "rows": found[code],
            "share_pct": 100 * found[code] / total if total else float("nan"),
            "sureness": _GROUPS.get(code, ("", "not known"))[1],
            "code": code,
        }
        for code in sorted(found, key=lambda code: list(_GROUPS).index(code) if code in _GROUPS else len(_GROUPS))
        if found[code]
    ]
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS]).astype({"rows": "int64"})
    made: dict[str, Any] = {
        "id": ID,
        "title": "Editions of small areas",
        "subtitle": "Rows of all files by how their LSOA of 2021 is known",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
        "figure_height": 44 + 36 * max(len(table), 3),
    }
    if not total:
        return Panel(**made, sentence="No row is loaded", state="no_data", message="Build a store first.")
    old = sum(mapped.values()) + max(rest, 0)
    estimated = sum(found.get(code, 0) for code in _GROUPS if _GROUPS[code][1] == "estimate")
    caveats = ["Most codes are the same in both editions: they count as of the edition of the file they stand in."]
    if estimated:
        caveats.append("Shared out by residents: figures of single small areas are estimates. Wards go by the point.")
    absent = {entry.item for entry in context.manifest.absent}
    if any("2011" in item for item in absent):
        caveats.append("The lookup from 2011 to 2021 is not configured: codes of 2011 that changed are not known.")
    return Panel(
        **made,
        sentence=_finding(old, sum(mapped.values()), estimated, found.get("unknown", 0), total),
        caveats=tuple(caveats),
        facts={"total": total, "of_2011": old, "estimated": estimated},
    )


def _finding(old: int, changed: int, estimated: int, unknown: int, total: int) -> str:
    if unknown and unknown >= old:
        return f"{integer(unknown)} rows carry a small-area code that no lookup knows"
    if not old:
        return "No row carries a small-area code of 2011"
    head = f"{percent(100 * old / total)} of rows carry small-area codes of 2011"
    if not changed:
        return f"{head}; none of those codes changed"
    how = "all mapped exactly" if not estimated else f"{integer(estimated)} are placed by estimate"
    return f"{head}; {how}"
