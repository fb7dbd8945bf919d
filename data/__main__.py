"""``python -m data COMMAND``: the commands are the modules of ``data.commands``."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from data import commands
from data.errors import LoadError, StoreError
from geo.errors import BoundaryError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an error is one line on standard error and exit code 1."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # Libraries bring a million objects that stay, and threads for matrices that nobody multiplies here; memory given
    # back to the system with each file would be asked for again with the next (pyarrow's allocator).
    gc.set_threshold(200_000)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "-1")
    names = {info.name.replace("_", "-"): info.name for info in pkgutil.iter_modules(commands.__path__)}
    # Only the command asked for is imported: each brings libraries that take their time.
    wanted = {name: names[name] for name in arguments[:1] if name in names} or names
    parser = argparse.ArgumentParser(prog="python -m data", description="Load official extracts into a store.")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, module_name in sorted(wanted.items()):
        module = importlib.import_module(f"{commands.__name__}.{module_name}")
        summary = (module.__doc__ or "").strip().splitlines()[0]
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    parsed = parser.parse_args(arguments)
    try:
        code = int(parsed.run(parsed))
        sys.stdout.flush()
        return code
    except (LoadError, StoreError, BoundaryError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (as `| head` does): there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped. The store is as it was.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # taking apart the million objects that libraries made is left to the system
