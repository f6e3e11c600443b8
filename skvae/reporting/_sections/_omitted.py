"""What stands in the place of a section that cannot be written."""

from skvae.reporting._blocks import Section, Text


def not_decoded(findings, name, title):
    """Say why nothing is told that needs models to decode; None if that is not the reason."""
    reason = findings.omitted.get("decoded")
    return Section(name, title, [Text(reason)]) if reason and not findings.reconstructed else None
