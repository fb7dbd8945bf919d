"""Write the demonstration's raw extracts, in the official formats, with a configuration to load them."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.errors import LoadError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--into", type=Path, required=True, help="folder for the extracts; made if it is not there")


def run(arguments: argparse.Namespace) -> int:
    """Write the extracts, and say how to load them."""
    from data.demo.extracts import write_extracts

    try:
        config = write_extracts(arguments.into)
    except OSError as error:
        raise LoadError(
            "not_written",
            f"the extracts cannot be written ({error.strerror or error})",
            file=arguments.into,
            remedy="Choose a folder you may write to, with 60 MB to spare.",
        ) from error
    size = sum(path.stat().st_size for path in arguments.into.rglob("*") if path.is_file())
    print(f"Wrote the demonstration's extracts ({size / 1e6:.0f} MB). Load them with:")
    print(f"python -m data build {config} --store SOME/FOLDER")
    return 0
