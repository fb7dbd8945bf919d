"""Download the official sources a partnership needs, and write its configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.get.addresses import read_addresses
from data.get.download import Outcome, Wanted, download
from data.get.errors import GetError
from data.get.fetch import Fetcher
from data.get.folder import DownloadFolder
from data.get.months import months_in_words, parse_month
from data.progress import Progress

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "get"
HELP = "Download the official sources a partnership needs, and write its configuration."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--partnership",
        required=True,
        metavar="NAME",
        help="community safety partnership or district: name or code as the ONS writes it",
    )
    parser.add_argument(
        "--from", dest="first", required=True, metavar="YYYY-MM", help="first month of street-level files"
    )
    parser.add_argument("--to", dest="last", required=True, metavar="YYYY-MM", help="last month of street-level files")
    parser.add_argument(
        "--into", required=True, type=Path, metavar="DIR", help="folder for the files; goes on where it stopped"
    )
    parser.add_argument(
        "--forces",
        default="",
        metavar="LIST",
        help="further police forces, with commas: neighbours whose files hold some of our incidents, British Transport "
        "Police (btp), comparators; or all",
    )
    parser.add_argument(
        "--similar-areas", type=Path, metavar="FILE", help="ranked similar areas (ONS layout): their forces' files too"
    )
    parser.add_argument(
        "--members", type=int, default=14, metavar="N", help="how many of the similar areas (default 14)"
    )
    parser.add_argument("--refresh", action="store_true", help="download again what is already here")
    parser.add_argument(
        "--addresses", type=Path, metavar="FILE", help="corrections to the table of addresses (data/get/addresses.toml)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Download; 0 if everything came, 1 if something did not."""
    try:
        first, last = parse_month(arguments.first), parse_month(arguments.last)
        if last < first:
            raise GetError(f"--from {arguments.first} is later than --to {arguments.last}", "Exchange them.")
        if arguments.members < 1:
            raise GetError("--members should be 1 or more", "Leave it out for 14.")
        wanted = Wanted(
            partnership=arguments.partnership,
            first=first,
            last=last,
            forces=tuple(name.strip() for name in arguments.forces.split(",") if name.strip()),
            similar_areas=arguments.similar_areas,
            members=arguments.members,
            refresh=arguments.refresh,
        )
        addresses = read_addresses(arguments.addresses)
        folder = DownloadFolder(arguments.into)
        outcome = download(wanted, folder, Fetcher(say=_say), addresses, Progress())
    except GetError as error:
        _say(f"Error: {error}")
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"Error: {where}{error.strerror or error}. What was downloaded is kept; run the same command again.")
        return 1
    except KeyboardInterrupt:
        _say("Stopped. What was downloaded is kept; the same command goes on from there.")
        return 130
    _report(outcome)
    return 1 if outcome.failures else 0


def _report(outcome: Outcome) -> None:
    place = outcome.place
    print(
        f"Partnership: {place.name} ({place.code}): {', '.join(f'{name} ({code})' for code, name in place.districts)}"
    )
    if place.note:
        print(f"Note: {place.note}.")
    print(f"Forces: {', '.join(outcome.forces)}")
    if outcome.absent:
        gaps = [f"{slug} {months_in_words(months)}" for slug, months in sorted(outcome.absent.items())]
        print(f"Not published, so missing (never zero): {'; '.join(gaps)}")
    for failure in outcome.failures:
        _say(f"Not downloaded: {failure}")
    if outcome.edited:
        print(f"The configuration there was edited by hand and left as it is; the new one is {outcome.config}")
    print(f"Configuration: {outcome.config}")
    print(f"Next: python -m data build {outcome.config} --store STORE")


def _say(text: str) -> None:
    """A line on standard error; on a terminal, over the progress bar that may stand there."""
    start = "\r\x1b[2K" if sys.stderr.isatty() else ""
    print(f"{start}{text}", file=sys.stderr, flush=True)
