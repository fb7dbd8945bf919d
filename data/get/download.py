"""All that a partnership needs, downloaded into one folder, and its configuration written."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import LoadError
from data.get.addresses import Addresses
from data.get.config_file import Family, config_name, config_text, write_config
from data.get.errors import GetError, NetworkClosedError, NotPublishedError, RangesNotServedError
from data.get.feature_service import find_layer, read_features
from data.get.fetch import Fetcher
from data.get.folder import DownloadFolder
from data.get.months import archives_for, month_text
from data.get.nomis import AreaValue, read_statistic, statistic_request
from data.get.places import Place, find_force, find_place, forces_of_areas
from data.get.remote_zip import RangeFile, open_remote_zip, read_member
from data.progress import Progress
from data.reference import forces
from data.sources import lsoa_lookup, partnership_lookup, similar_areas

__all__ = ["Outcome", "Wanted", "download"]

_SHAPES = {"ward_boundaries", "lsoa_boundaries"}


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    ``forces`` are further forces beside the partnership's own; ``similar_areas`` a ranked file of which the nearest
    ``members`` areas' forces are wanted too.
    """

    partnership: str
    first: date
    last: date
    forces: tuple[str, ...] = ()
    similar_areas: Path | None = None
    members: int = 14
    refresh: bool = False


@dataclass
class Outcome:
    """What came of it.

    ``absent`` are the months of street-level files that a force did not publish, by force; ``failures`` sources that
    could not be downloaded, each with its reason.
    """

    config: Path
    place: Place
    forces: list[str]
    edited: bool = False
    absent: dict[str, list[date]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def download(
    wanted: Wanted, folder: DownloadFolder, fetcher: Fetcher, addresses: Addresses, progress: Progress
) -> Outcome:
    """Download what is not in the folder yet, and write the configuration.

    Raises
    ------
    GetError
        Something without which there is no dashboard could not be had: the network, the partnership's lookup, its ward
        boundaries, or a street-level archive. What the folder holds is kept, and the next run goes on from there.
    """
    return _Download(wanted, folder, fetcher, addresses, progress).run()


class _Download:
    def __init__(
        self, wanted: Wanted, folder: DownloadFolder, fetcher: Fetcher, addresses: Addresses, progress: Progress
    ) -> None:
        self.wanted = wanted
        self.folder = folder
        self.fetcher = fetcher
        self.addresses = addresses
        self.progress = progress
        self.absent: dict[str, list[date]] = {}
        self.failures: list[str] = []

    def run(self) -> Outcome:
        self.layer("partnership_lookup")
        lookup = partnership_lookup.read(self.folder.path / self.addresses.layers["partnership_lookup"].file)
        place = find_place(self.wanted.partnership, lookup)
        family = self.family(place)
        slugs = self.force_slugs(place, lookup)

        self.layer("lsoa_lookup")
        self.optional(lambda: self.layer("lsoa_2011_lookup"))
        self.layer("ward_boundaries", select=place.district_codes)
        self.optional(lambda: self.layer("lsoa_boundaries", select=self.lsoa_codes(place)))
        self.optional(self.population_of_lsoas)
        self.optional(self.population_of_districts)
        if any(code.startswith("E") for code in place.district_codes):
            self.optional(lambda: self.file("deprivation"))
        self.street_crime(slugs)

        text = config_text(
            self.folder, place, self.wanted.first, self.wanted.last, self.addresses.street_crime.folder, family
        )
        path, edited = write_config(self.folder, config_name(place), text)
        return Outcome(path, place, slugs, edited, self.absent, self.failures)

    def optional(self, step: Callable[[], None]) -> None:
        """A step without which there is still a dashboard: its failure is noted."""
        try:
            step()
        except NetworkClosedError:
            raise
        except GetError as error:
            self.failures.append(str(error))
            self.progress.done("not downloaded")

    def family(self, place: Place) -> Family | None:
        """The file of similar areas, copied into the folder."""
        path = self.wanted.similar_areas
        if path is None:
            return None
        try:
            ranked = similar_areas.read(path)
        except LoadError as error:
            raise GetError(error.message, f"{error.file}: {error.remedy}") from error
        if not any(code in ranked for code in (place.code, *place.district_codes)):
            raise GetError(f"{path} does not name {place.name}", "Take the file that ranks the areas of your kind.")
        name = f"similar-areas/{path.name}"
        content = path.read_bytes()
        if not (self.folder.path / name).exists() or (self.folder.path / name).read_bytes() != content:
            self.folder.add(name, content, source="similar_areas", request=f"copy of {path.name}")
        return Family(re.sub(r"[_-]+", " ", path.stem).strip(), name, self.wanted.members)

    def force_slugs(self, place: Place, lookup: Any) -> list[str]:
        """Our own forces, those asked for, those of the family; each once, in this order."""
        found = [force.force_slug for force in place.forces]
        for name in self.wanted.forces:
            found += [force.force_slug for force in (forces() if name == "all" else [find_force(name)])]
        if self.wanted.similar_areas is not None:
            ranked = similar_areas.read(self.wanted.similar_areas)
            for code in (place.code, *place.district_codes):
                members = ranked.get(code, [])[: self.wanted.members]
                found += [force.force_slug for force in forces_of_areas(members, lookup)]
        return list(dict.fromkeys(found))

    def lsoa_codes(self, place: Place) -> list[str]:
        table = lsoa_lookup.read(self.folder.path / self.addresses.layers["lsoa_lookup"].file)
        return sorted(table.loc[table["district_code"].isin(place.district_codes), "lsoa_code"])

    def layer(self, name: str, select: Sequence[str] | None = None) -> None:
        """A layer of a feature service: boundaries as GeoJSON, anything else as CSV."""
        layer = self.addresses.layers[name]
        asked = f"{'|'.join(layer.services)} {','.join(select) if select is not None else 'all'}"
        if self.is_here(layer.file, asked):
            return
        self.progress.step(layer.title)
        published = find_layer(self.fetcher, self.addresses, layer)
        work = self.folder.work(layer.file)
        features: list[dict[str, Any]] = []
        if select is None:
            features = read_features(self.fetcher, work, published, shapes=name in _SHAPES)
        else:
            if layer.select is None:
                raise GetError(f"The layer {name} has no column to select by", "Give it one in the address table.")
            column, step = published.fields[layer.select], self.addresses.codes_per_query
            for start in range(0, len(select), step):
                codes = ", ".join(f"'{code}'" for code in select[start : start + step])
                where = f"{column} IN ({codes})"
                features += read_features(self.fetcher, work, published, where, shapes=name in _SHAPES)
        if not features:
            raise GetError(
                f"{layer.title}: {published.address} holds nothing for {', '.join(select or ['everything'])}",
                "Its codes may be of another year: name the right service in an address table (--addresses).",
            )
        service = published.address.removeprefix(self.addresses.services_base).strip("/").split("/")[0]
        self.folder.add(
            layer.file,
            _geojson(features) if name in _SHAPES else _csv(published.names(layer.columns), features),
            source=name,
            request=asked,
            note=f"ONS Open Geography feature service {service}",
        )
        self.progress.done(f"{len(features):,} areas")

    def population_of_lsoas(self) -> None:
        statistics = [self.addresses.statistics[name] for name in ("residents", "households")]
        asked = " ".join(statistic_request(self.addresses, statistic) for statistic in statistics)
        name = self.addresses.tables["population_lsoa"]
        if self.is_here(name, asked):
            return
        self.progress.step("Residents and households by LSOA")
        residents, households = (
            read_statistic(self.fetcher, self.folder.work(name), self.addresses, statistic) for statistic in statistics
        )
        of_code = {value.code: value.value for value in households}
        header = ["LSOA21CD", "LSOA21NM", f"residents_{_year(residents)}", f"households_{_year(households)}"]
        rows = [
            dict(zip(header, (value.code, value.name, value.value, of_code.get(value.code, "")), strict=True))
            for value in residents
        ]
        title = "; ".join(statistic.title for statistic in statistics)
        self.folder.add(name, _csv(header, rows), source="population_lsoa", request=asked, title=title)
        self.progress.done(f"{len(rows):,} areas")

    def population_of_districts(self) -> None:
        statistic = self.addresses.statistics["district_population"]
        asked = statistic_request(self.addresses, statistic)
        name = self.addresses.tables["population_district"]
        if self.is_here(name, asked):
            return
        self.progress.step("Residents by district")
        values = read_statistic(self.fetcher, self.folder.work(name), self.addresses, statistic)
        year = _year(values)
        header = ["lad_code", "lad_name", f"population_{year}"]
        rows = [dict(zip(header, (value.code, value.name, value.value), strict=True)) for value in values]
        title = f"{statistic.title}, mid-{year}"
        self.folder.add(name, _csv(header, rows), source="population_district", request=asked, title=title)
        self.progress.done(f"{len(rows):,} districts, mid-{year}")

    def file(self, name: str) -> None:
        """A file at one address, as it is."""
        declared = self.addresses.files[name]
        if self.is_here(declared.file, declared.address):
            return
        self.progress.step(declared.title)
        work = self.folder.work(declared.file) / "whole"
        self.fetcher.read_file(declared.address, work)
        content = work.read_bytes()
        header = content.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
        if not header.startswith((declared.first_column, f'"{declared.first_column}"')):
            self.folder.drop_work(declared.file)
            raise GetError(
                f"{declared.address} is of another layout: its first column is not {declared.first_column}",
                "Correct the file in the address table (--addresses).",
            )
        self.folder.add(declared.file, content, source=name, request=declared.address, title=declared.title)
        self.progress.done(f"{len(content) / 1e6:,.1f} MB")

    def street_crime(self, slugs: Sequence[str]) -> None:
        """The files of every wanted force and month, out of the fewest archives."""
        street = self.addresses.street_crime
        archives = archives_for(self.wanted.first, self.wanted.last, street.months_held)
        for archive_month, months in archives.items():
            address = street.archive.format(month=month_text(archive_month))
            members = {
                street.member.format(month=month_text(month), force=slug): (month, slug)
                for month in months
                for slug in slugs
            }
            needed = [name for name in members if not self.is_here(f"{street.folder}/{name}", f"{address} {name}")]
            remembered = self.folder.facts.get("absent", {}).get(address, ())
            known_absent = set() if self.wanted.refresh else set(remembered)
            needed = [name for name in needed if name not in known_absent]
            if needed:
                known_absent |= self.members_of(address, archive_month, needed)
            else:
                self.progress.step(f"Street-level files of archive {month_text(archive_month)}")
                self.progress.done(f"{len(set(members) - known_absent)} files, already here")
            for name in sorted(known_absent & set(members)):
                month, slug = members[name]
                self.absent.setdefault(slug, []).append(month)

    def members_of(self, address: str, archive_month: date, needed: Sequence[str]) -> set[str]:
        """Take members out of an archive; returns those it does not have."""
        street = self.addresses.street_crime
        self.progress.step(f"Street-level files of archive {month_text(archive_month)}", total=len(needed))
        try:
            with ExitStack() as stack:
                archive, file = self.opened_archive(address, stack)
                there = set(archive.namelist())
                absent = {name for name in needed if name not in there}
                if not any(_is_member(street.member, name) for name in there):
                    raise GetError(
                        f"{address} holds no file such as {needed[0]}",
                        "Its layout may have changed: check the address table (--addresses).",
                    )
                size = 0
                for name in needed:
                    if name in absent:
                        continue
                    content = read_member(archive, name, file)
                    self.folder.add(
                        f"{street.folder}/{name}",
                        content,
                        source="street_crime",
                        request=f"{address} {name}",
                        title=street.title,
                    )
                    size += len(content)
                    self.progress.advance(name.rsplit("/", 1)[-1])
        except NotPublishedError as error:
            raise NotPublishedError(
                f"{address} does not exist: the archive of {month_text(archive_month)} is not published",
                "Archives come out about two months later: give an earlier --to. What was downloaded is kept.",
            ) from error
        lack = f", {len(absent)} not published" if absent else ""
        self.progress.done(f"{len(needed) - len(absent)} files, {size / 1e6:,.1f} MB{lack}")
        self.folder.facts.setdefault("absent", {})[address] = sorted(
            absent | (set(self.folder.facts.get("absent", {}).get(address, ())) - set(needed))
        )
        self.folder.save()
        return absent

    def opened_archive(self, address: str, stack: ExitStack) -> tuple[zipfile.ZipFile, RangeFile | None]:
        """The archive read in place; or downloaded whole, where its server does not give parts of files."""
        try:
            return stack.enter_context(open_remote_zip(self.fetcher, address))
        except RangesNotServedError:
            self.fetcher.say("The server gives whole archives only: downloading all of it (over a gigabyte).")
        name = address.rsplit("/", 1)[-1]
        whole = self.folder.work(name) / "archive.zip"
        self.fetcher.read_file(address, whole)
        stack.callback(self.folder.drop_work, name)
        try:
            return stack.enter_context(zipfile.ZipFile(whole)), None
        except zipfile.BadZipFile as error:
            raise GetError(f"{address} is not a whole ZIP archive ({error})", "Try again later.") from error

    def is_here(self, name: str, asked: str) -> bool:
        return not self.wanted.refresh and self.folder.has(name, asked)


def _is_member(pattern: str, name: str) -> bool:
    """Whether a member's name is that of a street-level file, of any month and force."""
    expression = re.escape(pattern).replace(r"\{month\}", r"\d{4}-\d\d").replace(r"\{force\}", r"[a-z-]+")
    return re.fullmatch(expression, name) is not None


def _geojson(features: Sequence[dict[str, Any]]) -> bytes:
    whole = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if row[column] is None else row[column] for column in columns] for row in rows])
    return text.getvalue().encode()


def _year(values: Sequence[AreaValue]) -> str:
    """The year the values are of.

    Raises
    ------
    GetError
        They are of several years, or of none that is named.
    """
    years = {found[0] for value in values if (found := re.findall(r"20\d\d", value.date))}
    if len(years) != 1:
        raise GetError(
            f"The statistics are of {', '.join(sorted(years)) or 'no named year'}",
            "Name one date in the address table.",
        )
    return years.pop()
