"""Comparator families: ourselves and the similar areas, from ranked files or chosen lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from data.config import Config, Family
from data.errors import LoadError
from data.geography import Geography
from data.schema import TABLES

__all__ = ["families_frame"]


def families_frame(config: Config, geography: Geography, districts: pd.DataFrame) -> pd.DataFrame:
    """One row per family, member and district of that member; ourselves first.

    Parameters
    ----------
    districts : DataFrame
        As from :func:`data.tables.districts_frame`.

    Raises
    ------
    LoadError
        A member nobody knows, or a partnership that holds only part of a district.
    """
    members = _Members(config, geography, districts)
    rows: list[dict[str, Any]] = []
    for position, family in enumerate(config.families):
        for order, (member_id, name, codes) in enumerate([members.ourselves(), *members.of(family)]):
            rows.extend(
                {
                    "family_id": re.sub(r"[^a-z0-9]+", "-", family.name.casefold()).strip("-"),
                    "family_name": family.name,
                    "family_order": position,
                    "source_file": family.file.name if family.file else None,
                    "reason": family.reason,
                    "as_at": family.as_at,
                    "member_order": order,
                    "member_id": member_id,
                    "member_name": name,
                    "district_code": code,
                    "is_self": order == 0,
                }
                for code in codes
            )
    return pd.DataFrame(rows, columns=list(TABLES["families"].columns))


Member = tuple[str, str, Sequence[str]]


class _Members:
    """Knows districts and partnerships by code and name."""

    def __init__(self, config: Config, geography: Geography, districts: pd.DataFrame) -> None:
        self.config = config
        self.similar_areas = geography.similar_areas
        self.names = dict(zip(districts["district_code"], districts["district_name"], strict=True))
        empty = pd.DataFrame(columns=["district_code", "partnership_code", "partnership_name"])
        self.pairs = empty if geography.partnerships is None else geography.partnerships

    def ourselves(self) -> Member:
        own = self.config.partnership
        codes = sorted(own.districts)
        return self.own_code() or codes[0], own.short_name, codes

    def own_code(self) -> str | None:
        """Our code if we are the whole of a published partnership of several districts."""
        own = set(self.config.partnership.districts)
        if len(own) == 1:
            return None
        for code, group in self.pairs.groupby("partnership_code"):
            if set(group["district_code"]) == own:
                return str(code)
        return "+".join(sorted(own))

    def of(self, family: Family) -> list[Member]:
        if family.file is not None:
            return self.from_file(family, family.file)
        chosen = [self.member(code, family, file=None) for code in family.districts]
        return chosen + [self.member(self.partnership_code(name), family, file=None) for name in family.partnerships]

    def from_file(self, family: Family, file: Path) -> list[Member]:
        """The nearest areas: by the file's rank; for several districts of ours, by the best rank over them."""
        ranked = self.similar_areas[file]
        own = self.config.partnership.districts
        keys = [key for key in (self.own_code(), *own) if key in ranked]
        if not keys:
            raise LoadError(
                "not_in_file",
                f"the family {family.name!r}: the file has no row for {', '.join(own)}",
                file=file,
                remedy="Use a file that covers your district, of the same year as its code.",
            )
        best_rank: dict[str, tuple[int, int]] = {}
        for number, key in enumerate(keys[:1] if keys[0] not in own else keys):
            for rank, code in enumerate(ranked[key]):
                if code not in own and code != self.own_code():
                    best_rank[code] = min(best_rank.get(code, (rank, number)), (rank, number))
        nearest = sorted(best_rank, key=lambda code: best_rank[code])[: family.members]
        return [self.member(code, family, file=file) for code in nearest]

    def member(self, code: str, family: Family, file: Path | None) -> Member:
        if code in self.names:
            return code, self.names[code], [code]
        group = self.pairs[self.pairs["partnership_code"] == code]
        if group.empty:
            if file is not None:  # such as Scottish districts where no population file names them
                return code, code, [code]
            raise LoadError(
                "unknown_member",
                f"the family {family.name!r}: nobody knows {code!r}",
                file=self.config.path,
                remedy="Give a district's code in districts, or a partnership's code or name in partnerships.",
            )
        divided = self.pairs[self.pairs["district_code"].isin(group["district_code"])]
        divided = divided[divided["partnership_code"] != code]
        name = str(group["partnership_name"].iloc[0])
        if not divided.empty:
            raise LoadError(
                "divided_district",
                f"the family {family.name!r}: the partnership {name!r} has only part of the district "
                f"{self.names.get(divided['district_code'].iloc[0], divided['district_code'].iloc[0])!r}",
                file=file or self.config.path,
                remedy="Street-level files are counted by whole districts: list districts instead.",
            )
        return code, name, sorted(group["district_code"])

    def partnership_code(self, name: str) -> str:
        named = self.pairs.loc[self.pairs["partnership_name"] == name, "partnership_code"]
        return name if named.empty else str(named.iloc[0])
