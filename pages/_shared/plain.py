"""Pages without Dash: sign-in, join and the printed record. They need nothing but their own few assets."""

from __future__ import annotations

from html import escape

from flask import Response

__all__ = ["plain_page"]

_PAGE = """<!DOCTYPE html>
<html lang="en-GB" data-mantine-color-scheme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<script src="/assets/early.js"></script>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/join.css">
{head}</head>
<body class="plain">
{body}
</body>
</html>
"""


def plain_page(title: str, content: str, *, status: int = 200, head: str = "", main: str = "") -> Response:
    """A page of its own; `content` is HTML made by `markup`, `head` what this page needs besides, `main` a class."""
    body = f'<main id="main" class="{escape(main)}">{content}</main>'
    answer = Response(_PAGE.format(title=escape(title), head=head, body=body), status=status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    # Under "no-referrer" browsers hide where a form comes from, and the check against forgery needs that.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
