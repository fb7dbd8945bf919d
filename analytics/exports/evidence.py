"""Every panel as a table on disk: what stands on the screen, for programs and for the record."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.context import load_context
from analytics.exports._atomic import ASIDE, clear_abandoned
from analytics.exports.csv import table_csv
from analytics.exports.disclosure import refuse_small_numbers
from analytics.panels import Panel, build_panel, panel_specs
from analytics.selection import Selection
from data.warehouse import Snapshot, Warehouse

__all__ = ["INDEX", "Evidence", "write_evidence"]

INDEX = "evidence.json"


@dataclass(frozen=True)
class Evidence:
    """What was written. failed: panel id and the error that kept it from being worked out."""

    written: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def write_evidence(
    warehouse: Warehouse | Snapshot,
    out: Path,
    query: str = "",
    *,
    panels: Iterable[str] | None = None,
    log: Callable[[str], object] = lambda line: None,
) -> Evidence:
    """Write the table of every registered panel as `<panel_id>.csv` into `out`, and `evidence.json` beside them.

    A CSV has one heading row of column keys and holds every column, those hidden on screen included; missing is an
    empty cell. `evidence.json` is a list with an entry a panel: panel_id, page, title, sentence, subtitle, caveats,
    sources, snapshot, query_string, file, state, message, rows and columns (key, heading, format).

    Nothing is in `out` until all panels have been worked out; `evidence.json` is taken away first and comes last, so
    where it stands the files beside it belong to it. A panel that cannot be worked out has no file, state "failed" and
    its error; the others are written.

    Raises
    ------
    OSError
        The folder cannot be written.
    DisclosureError
        The tables together would tell a partner's small number.
    """
    snapshot = warehouse.current if isinstance(warehouse, Warehouse) else warehouse
    selection, warnings = Selection.from_query(query, load_context(snapshot))
    entries: list[dict[str, Any]] = []
    failed: list[tuple[str, str]] = []
    sensitive: list[Panel] = []
    out.mkdir(parents=True, exist_ok=True)
    clear_abandoned(out)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=out) as aside_name:
        aside = Path(aside_name)
        for panel_id in panel_specs() if panels is None else panels:
            spec = panel_specs()[panel_id]
            try:
                built = build_panel(panel_id, snapshot, selection)
                sensitive += [built] if built.sensitive else []
                (aside / f"{panel_id}.csv").write_text(table_csv(built), encoding="utf-8", newline="")
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - one panel's fault is named and the others are still written
                failed.append((panel_id, f"{type(error).__name__}: {' '.join(str(error).split())}"))
                log(traceback.format_exc())
                entries.append({
                    "panel_id": panel_id, "page": spec.page, "title": spec.title, "state": "failed", "file": None,
                    "error": failed[-1][1], "snapshot": snapshot.snapshot, "query_string": selection.to_query(),
                })  # fmt: skip
            else:
                entries.append(_entry(built, spec.page))
        refuse_small_numbers(sensitive)
        index = aside / INDEX
        index.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _move_in(aside, out, [entry["file"] for entry in entries if entry["file"]], stale=[p for p, _ in failed])
    written = tuple(entry["panel_id"] for entry in entries if entry["file"])
    return Evidence(written, tuple(failed), warnings)


def _entry(panel: Panel, page: str) -> dict[str, Any]:
    return {
        "panel_id": panel.id,
        "page": page,
        "title": panel.title,
        "sentence": panel.sentence,
        "subtitle": panel.subtitle,
        "caveats": list(panel.caveats),
        "sources": [{"text": str(source), "licence": source.licence} for source in panel.sources],
        "snapshot": panel.as_at,
        "query_string": panel.query,
        "file": f"{panel.id}.csv",
        "state": panel.state,
        "message": panel.message,
        "rows": len(panel.table),
        "columns": [
            {"key": column.key, "heading": column.heading, "format": column.format} for column in panel.columns
        ],
    }


def _move_in(aside: Path, out: Path, files: list[str], stale: list[str]) -> None:
    """Put the new files in place of the old ones, the index last; a failed panel's earlier file goes."""
    earlier = _listed(out / INDEX)
    (out / INDEX).unlink(missing_ok=True)
    for name in {*(f"{panel_id}.csv" for panel_id in stale), *(earlier - set(files))}:
        (out / name).unlink(missing_ok=True)
    for name in [*files, INDEX]:
        (aside / name).replace(out / name)


def _listed(index: Path) -> set[str]:
    """The CSV files an earlier index names; none where there is no index that can be read."""
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))
        names = {str(entry["file"]) for entry in entries if entry.get("file")}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return set()
    return {name for name in names if name == Path(name).name and name.endswith(".csv")}
