"""What a store holds: the equation of every file, in words or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.manifest import SUMS
from data.store import Store

__all__ = ["is_balanced", "status_report", "status_text"]


def status_report(store_folder: str | Path) -> dict[str, Any]:
    """The snapshot that serves, as plain values.

    Returns
    -------
    dict
        ``snapshot``, ``built_at``, ``partnership``, ``months_loaded``, ``files`` (``file``, ``force``, ``month``,
        ``read``, ``kept``, ``repeated``, ``set_aside``, ``placed``, ``not_placed``, ``balanced``), ``totals`` (the same
        sums), ``balanced`` (of every file and of the totals), ``sources``, ``absent``, ``warnings``, ``snapshots``.

    Raises
    ------
    StoreError
        No store, or one that cannot be read.
    """
    store = Store(store_folder)
    manifest = store.current_manifest()
    files = [
        {name: file[name] for name in ("file", "force", "force_slug", "month", *SUMS)} | {"balanced": is_balanced(file)}
        for file in manifest["files"]
    ]
    totals = {name: sum(file[name] for file in files) for name in SUMS}
    return {
        "snapshot": manifest["snapshot"],
        "format": manifest["format"],
        "built_at": manifest["built_at"],
        "partnership": manifest["partnership"],
        "demonstration": manifest["demonstration"],
        "first_month": manifest["first_month"],
        "last_month": manifest["last_month"],
        "months_loaded": manifest["months_loaded"],
        "files": files,
        "totals": totals,
        "balanced": totals == manifest["totals"] and all(file["balanced"] for file in files),
        "lsoa_vintages": manifest["lsoa_vintages"],
        "nearest_ward": manifest["nearest_ward"],
        "sources": manifest["sources"],
        "absent": manifest["absent"],
        "warnings": manifest["warnings"],
        "snapshots": store.snapshots(),
    }


def is_balanced(sums: dict[str, Any]) -> bool:
    """read = kept + repeated + set aside, and kept = placed + not placed.

    >>> is_balanced({"read": 9, "kept": 6, "repeated": 2, "set_aside": 1, "placed": 5, "not_placed": 1})
    True
    """
    whole = sums["kept"] + sums["repeated"] + sums["set_aside"] == sums["read"]
    return whole and sums["placed"] + sums["not_placed"] == sums["kept"]


def status_text(report: dict[str, Any]) -> str:
    """The report in lines: a table of the files, then the totals."""
    partnership = report["partnership"]
    force = partnership["force"]
    months = report["months_loaded"]
    lines = [
        f"{partnership['name']}{' (demonstration data)' if report['demonstration'] else ''}",
        f"Snapshot {report['snapshot']}, built {report['built_at']}; {len(report['snapshots'])} kept",
        f"Months of {force if isinstance(force, str) else ' and '.join(force) or 'no force'}: {_months(months)}",
        "",
        "read = kept + repeated IDs + set aside; kept = placed + not placed",
    ]
    width = max([len(file["file"]) for file in report["files"]] + [len("file")])
    lines.append(f"{'file':<{width}}" + "".join(f"{name.replace('_', ' '):>12}" for name in SUMS))
    for file in [*report["files"], {"file": "total", **report["totals"], "balanced": report["balanced"]}]:
        sums = "".join(f"{file[name]:>12,}" for name in SUMS)
        lines.append(f"{file['file']:<{width}}{sums}{'' if file['balanced'] else '  DOES NOT BALANCE'}")
    lines.extend(
        f"{source['file']}: {source['rows_read']:,} read = {source['kept']:,} kept + {source['repeated']:,} repeated + "
        f"{source['set_aside']:,} set aside + {source['left_out']:,} left out (survey results)"
        for source in report["sources"]
        if source["source"] == "perceptions"
    )
    lines.append("")
    if report["nearest_ward"]:
        lines.append(f"{report['nearest_ward']:,} points outside every ward were given the nearest of their district.")
    lines.extend(
        f"Not loaded: {entry['item']}. Left out without it: {entry['disables']}." for entry in report["absent"]
    )
    lines.extend(_warning_line(warning) for warning in report["warnings"])
    lines.append("Every file balances." if report["balanced"] else "The files do not balance: build again.")
    return "\n".join(lines)


def _warning_line(warning: dict[str, Any]) -> str:
    where = ", line ".join(str(part) for part in (warning["file"], warning["row"]) if part is not None)
    return f"Note: {where + ': ' if where else ''}{warning['message']}. {warning['remedy']}"


def _months(months: list[str]) -> str:
    """Months as spells.

    >>> _months(["2024-11", "2024-12", "2025-01", "2025-04"])
    '2024-11 to 2025-01, 2025-04'
    """
    spells: list[list[str]] = []
    for month in months:
        if spells and _number(month) == _number(spells[-1][-1]) + 1:
            spells[-1].append(month)
        else:
            spells.append([month])
    return ", ".join(spell[0] if len(spell) == 1 else f"{spell[0]} to {spell[-1]}" for spell in spells) or "none"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])
