"""Assessment: the strategic assessment as a document, slides and a data pack, with the analyst's commentary.

The browser fills in what is kept and found (`assets/documents.js`); its addresses: `pages/_shared/assessment.py`.
"""

from typing import Any

import dash
from dash import dcc, html
from dash.development.base_component import Component

from analytics.exports.kept import MOST_CHARACTERS
from analytics.exports.outline import OUTLINE, SUMMARY, Section
from analytics.panels import FILTERS
from pages._shared.attributes import attributes
from pages._shared.icons import icon_before

dash.register_page(
    __name__,
    path="/assessment",
    name="Assessment",
    order=13,
    group="Decide and report",
    icon="document",
    question="What does the strategic assessment say, and where does each number come from?",
    panels=(),
    filters=tuple(sorted(FILTERS)),
)

_FILES = (
    (
        "docx",
        "Word document",
        "all sections with charts, maps, tables and an appendix of every number; "
        "if Word asks on opening whether to update fields, say yes: page numbers then fit its pages",
    ),
    ("pptx", "Slides", "one finding a slide, native charts, notes with method and source"),
    ("xlsx", "Data pack", "one sheet a panel, contents, provenance and evidence"),
)


def layout(**_: Any) -> Component:
    """The sections with their commentary beside the making of the files."""
    return html.Div(
        [
            html.Div(
                [
                    html.P(
                        [
                            "The findings come from the panels, for the filters above. What you write stands in its "
                            "section each time the files are made again.",
                            html.Span(id="assessment-whose"),
                        ],
                        className="caveat lead-in",
                    ),
                    *(_section(section) for section in (SUMMARY, *OUTLINE)),
                ],
                id="assessment",
                className="c8 assessment",
            ),
            html.Div([_files(), _keep()], className="c4 assessment-files"),
        ],
        className="grid",
    )


def _section(section: Section) -> Component:
    title, field, status = (f"{part}-{section.key}" for part in ("title", "commentary", "status"))
    return html.Section(
        [
            html.Div(
                html.Header([html.H2(section.title, id=title), html.P(section.question, className="sub")]),
                className="headrow",
            ),
            html.Div(className="found", **attributes(aria_live="polite")),
            html.Label("Commentary", htmlFor=field),
            dcc.Textarea(
                id=field, rows=3, maxLength=MOST_CHARACTERS, className="commentary", disabled=True, spellCheck=True
            ),
            html.Div(
                [
                    html.Button(
                        "Save",
                        type="button",
                        className=f"btn {icon_before('check')}",
                        disabled=True,
                        **attributes(data_action="commentary-save", aria_label=f"Save the commentary: {section.title}"),
                    ),
                    html.P(id=status, className="caveat", role="status"),
                ],
                className="saving",
            ),
            html.Div(className="conflict"),
        ],
        className="panel assessment-section",
        **attributes(data_section=section.key, aria_labelledby=title),
    )


def _files() -> Component:
    choices = [
        html.Div(
            [
                html.Button(
                    name,
                    type="button",
                    className=f"btn{' primary' if kind == 'docx' else ''} {icon_before('download')}",
                    **attributes(data_action="assessment-build", data_kind=kind),
                ),
                html.P(says, className="caveat"),
            ]
        )
        for kind, name, says in _FILES
    ]
    return html.Section(
        [
            html.Div(
                html.Header(
                    [
                        html.H2("Make the files", id="files-title"),
                        html.P("For the filters above, with the commentary as saved", className="sub"),
                    ]
                ),
                className="headrow",
            ),
            html.Label("What changed since", htmlFor="assessment-since"),
            html.Div(id="since-place"),
            html.Div(choices, className="makings"),
            html.Div(
                [
                    html.P(id="assessment-doing", role="status"),
                    html.Div(
                        html.Div(className="bar"),
                        id="assessment-progress",
                        className="progress",
                        role="progressbar",
                        **attributes(aria_label="Progress", aria_valuemin="0", aria_valuemax="100", aria_valuenow="0"),
                    ),
                    html.Div(id="assessment-made"),
                ],
                id="assessment-job",
                className="job",
            ),
        ],
        className="panel",
        **attributes(aria_labelledby="files-title"),
    )


def _keep() -> Component:
    return html.Section(
        [
            html.Div(
                html.Header(
                    [
                        html.H2("Keep for next time", id="keep-title"),
                        html.P("Findings, verdicts and definitions as they are now, to compare with", className="sub"),
                    ]
                ),
                className="headrow",
            ),
            html.Label("Name", htmlFor="keep-name"),
            dcc.Input(id="keep-name", type="text", maxLength=80, placeholder="Board, January"),
            html.Div(
                [
                    html.Button(
                        "Keep",
                        type="button",
                        className=f"btn {icon_before('check')}",
                        **attributes(data_action="assessment-keep"),
                    ),
                    html.P(id="keep-said", className="caveat", role="status"),
                ],
                className="saving",
            ),
        ],
        className="panel",
        **attributes(aria_labelledby="keep-title"),
    )
