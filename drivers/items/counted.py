"""Shapes of the items whose arguments are simply counted, with the words for a wrong count."""

from __future__ import annotations

from grammar.shapes import ItemShape


def counted(name: str, least: int, most: int) -> ItemShape:
    """The shape of an item that takes so many strings and nothing else."""
    return ItemShape(
        least=least,
        most=most,
        complaints={
            "few": f"Not enough arguments for '{name}' (min is {least})",
            "many": f"Too many arguments for '{name}' (max is {most})",
            "close": f"missing '}}' after '{name}'",
        },
    )
