"""What every download says of itself: what it is, where the figures come from, and what they leave out."""

from __future__ import annotations

from datetime import datetime

from analytics.context import Context
from analytics.panels._model import Panel
from analytics.words import write_date

__all__ = ["provenance"]


def provenance(panel: Panel, context: Context) -> dict[str, str | list[str]]:
    """Label to words, in the order they are read; a list where there may be several. What is empty is left out."""
    told: dict[str, str | list[str]] = {
        "Demonstration data": "every figure is invented" if context.demonstration else "",
        "Title": panel.title,
        "Finding": panel.sentence,
        "State": panel.message if panel.state != "ready" else "",
        "Shows": panel.subtitle,
        "Partnership": context.name,
        "Source": [str(source) for source in panel.sources],
        "Licence": list(dict.fromkeys(source.licence for source in panel.sources)),
        "Snapshot": f"{panel.as_at}, built {write_date(datetime.fromisoformat(context.built_at))}",
        "Query": panel.query,
        "Caveat": list(panel.caveats),
        "Missing": "an empty cell: not known, never zero",
    }
    return {label: words for label, words in told.items() if words}
