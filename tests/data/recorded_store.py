"""The demonstration with recorded crime: a small file in the Home Office's layout, read as a build reads it."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from data.config import Config, Partnership
from data.progress import Progress
from data.recorded_crime import load_recorded_crime
from data.tables import write_select
from tests.data.home_office import Row, tables

__all__ = ["OFFENCES", "YEARS", "copy_with_recorded_crime", "recorded_rows"]

DEMONSTRATION = Path(__file__).parents[2] / "data" / "demo" / "store"
YEARS = range(2019, 2025)
"""First years of the financial years: to March 2025, three months beyond the street-level files."""
OFFENCES = {  # code: (description, group, subgroup, offences a year and 1,000 residents)
    "105A": ("Assault without injury", "Violence against the person", "Violence without injury", 11.0),
    "8N": ("Assault with injury", "Violence against the person", "Violence with injury", 8.5),
    "8L": ("Harassment", "Violence against the person", "Stalking and harassment", 9.0),
    "1/4.1/4.10/4.2": ("Homicide", "Violence against the person", "Homicide", 0.012),
    "17A": ("Sexual assault on a male", "Sexual offences", "Other sexual offences", 1.8),
    "34B": ("Robbery of personal property", "Robbery", "Robbery of personal property", 0.9),
    "28E": ("Burglary residential", "Theft offences", "Domestic burglary", 2.6),
    "45": ("Theft from vehicle", "Theft offences", "Theft from a vehicle", 3.1),
    "48": ("Theft of a motor vehicle", "Theft offences", "Theft of a motor vehicle", 1.7),
    "46": ("Shoplifting", "Theft offences", "Shoplifting", 7.0),
    "44": ("Bicycle theft", "Theft offences", "Bicycle theft", 0.8),
    "39": ("Theft from the person", "Theft offences", "Theft from the person", 0.7),
    "56A": ("Arson endangering life", "Criminal damage and arson", "Arson", 0.35),
    "58B": ("Criminal damage to a vehicle", "Criminal damage and arson", "Criminal damage", 6.9),
    "92D": ("Possession of cannabis", "Drug offences", "Possession of drugs", 2.1),
    "10C": ("Possession of weapons", "Possession of weapons offences", "Possession of weapons offences", 1.0),
    "9A": ("Public fear, alarm or distress", "Public order offences", "Public order offences", 6.0),
    "99": ("Other indictable offences", "Miscellaneous crimes", "Miscellaneous crimes", 1.4),
}
PLANTED = {"Theft from a vehicle": 2.2, "Shoplifting": 0.45}
"""Our rate over the others', in every quarter."""
RENAMED = {"Domestic burglary": (2023, "Residential burglary")}
"""A subgroup that is called otherwise from a financial year on."""
UNASSIGNED_FORCE, UNASSIGNED_YEAR = "Loxshire", 2024


def recorded_rows(districts: pd.DataFrame) -> list[Row]:
    """Rows for every partnership of the demonstration: Greyminster has none, Loxshire's of 2024/25 are unassigned."""
    random = np.random.default_rng(14)
    rows: list[Row] = []
    people = districts.groupby(["partnership_name", "force"])["population"].sum()
    for (partnership, force), residents in people.items():
        if partnership == "Greyminster":
            continue
        name = str(force).removesuffix(" Police")
        spread = np.exp(random.normal(0, 0.15, len(OFFENCES)))
        for year in YEARS:
            for quarter in (1, 2, 3, 4):
                for (code, (text, group, subgroup, rate)), own in zip(OFFENCES.items(), spread, strict=True):
                    level = PLANTED.get(subgroup, 1.0) if partnership == "Wrenmouth" else own
                    mean = rate * residents / 4000 * level * 1.03 ** (year - 2019)
                    since, later = RENAMED.get(subgroup, (9999, ""))
                    called = later if year >= since else subgroup
                    gone = name == UNASSIGNED_FORCE and year == UNASSIGNED_YEAR
                    booked = f"Unassigned {name}" if gone else partnership
                    label = f"{year}/{(year + 1) % 100:02d}"
                    rows.append([label, quarter, name, booked, text, group, called, code, int(random.poisson(mean))])
    return rows


def copy_with_recorded_crime(folder: Path) -> Path:
    """A copy of the demonstration's store at ``folder/store`` whose snapshot holds recorded crime, too."""
    store = folder / "store"
    shutil.copytree(DEMONSTRATION, store)
    snapshot = store / "snapshots" / (store / "CURRENT").read_text(encoding="utf-8").strip()
    districts = pd.read_parquet(snapshot / "districts.parquet")
    file = tables(
        folder / "prc-csp-mar2020-mar2025-tables-230725.ods",
        recorded_rows(districts),
        force_notes=["Loxshire: offences of the year ending March 2025 are under Unassigned Loxshire."],
        updated="23 July 2025",
    )
    config = Config(
        path=folder / "config.toml",
        partnership=Partnership("Wrenmouth Community Safety Partnership", "Wrenmouth", ("E06999001",)),
        files={"recorded_crime": (file,)},
    )
    lookup = districts.rename(columns={"force": "pfa_name"})[
        ["district_code", "district_name", "partnership_code", "partnership_name", "pfa_name"]
    ]
    with duckdb.connect() as connection:
        loaded = load_recorded_crime(connection, config, lookup, Progress(io.StringIO()))
        for table in ("recorded_crime", "recorded_crime_states"):
            write_select(connection, table, f"FROM {table}", snapshot)
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    entry = dict(manifest["sources"][0])
    entry |= {"source": "recorded_crime", "title": "Police recorded crime by community safety partnership"}
    entry |= {"publisher": "Home Office", "file": file.name, "note": None, **{"rows_read": loaded.kept}}
    manifest["sources"].append(entry)
    manifest["absent"] = [item for item in manifest["absent"] if item.get("source") != "recorded_crime"]
    (snapshot / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return store
