"""The empty states: a zero we are sure of is not the same as months that are not loaded."""

from __future__ import annotations

from typing import Any

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._model import Way
from analytics.panels._tables import ChangeTable
from analytics.selection import Selection

__all__ = ["no_data", "nothing_to_show"]


def nothing_to_show(
    table: ChangeTable, selection: Selection, context: Context, *, subject: str
) -> dict[str, Any] | None:
    """The panel fields of an empty state, or None where there is something to show."""
    if not table.months:
        return no_data(selection, context)
    if table.total["incidents"] == 0 and not (table.total["compared"] or 0) and not (table.total["previous"] or 0):
        months = write_months(table.months)
        complete = "The month is" if len(table.months) == 1 else f"All {len(table.months)} months are"
        loaded = (
            f"{complete} loaded, so this is a true zero."
            if not table.missing
            else f"{write_months(table.missing)} is not loaded and not counted."
        )
        return {
            "sentence": f"{subject}: none recorded",
            "subtitle": months,
            "state": "none_recorded",
            "message": f"No incident was recorded in {months}. {loaded}",
        }
    return None


def no_data(selection: Selection, context: Context) -> dict[str, Any]:
    """The fields of a panel for which no month of the selection is loaded."""
    loaded = write_months(context.months_loaded) or "nothing"
    ways = [Way("What is loaded", "/data")]
    if context.last_month:
        ways.append(Way("Use the latest 12 months", "?"))
    return {
        "sentence": f"No data for {selection.period_label}",
        "subtitle": "Missing is not zero",
        "state": "no_data",
        "message": f"{selection.period_label} is not loaded. Loaded: {loaded}.",
        "ways": tuple(ways),
    }
