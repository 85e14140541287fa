"""The search for a commune that every form with an address shares."""

from flask import Blueprint

from traceability.catalog.communes import MAX_FOUND, Found, commune_or_none, find


def add_to(blueprint: Blueprint) -> None:
    """Give every template ``communes_found``; rooms below the catalogue use it too."""

    @blueprint.app_context_processor
    def searching() -> dict[str, object]:
        return {"communes_found": communes_found, "most_communes": MAX_FOUND}


def communes_found(text: str) -> list[Found]:
    """Return the communes a person may mean by a name or a code, best first."""
    coded = commune_or_none(text.strip())
    return [Found(coded)] if coded else find(text)
