"""The subcommands of ``python -m data``: one module each.

A module's name is the command (underscores become hyphens). It has a docstring, whose first line is the help,
``add_arguments(parser)`` and ``run(arguments) -> int``, which returns the exit code. Errors of the kinds in
``data.errors`` and ``geo.BoundaryError`` may be raised: they are printed as one line.
"""
