"""Downloading the official sources a partnership needs: ``python -m data get``.

Fetching is apart from loading: what comes out of here is a folder of the publishers' files, their checksums, and a
configuration that ``python -m data build`` takes. Every address is in ``addresses.toml``.
"""
