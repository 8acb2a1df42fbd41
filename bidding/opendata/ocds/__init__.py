"""Releases, records and packages by the Open Contracting Data Standard 1.1.5, made of published facts. Pure.

What is exported and why: docs/adr/0064. The mapping, field by field: docs/spec/open-data.md.
"""
