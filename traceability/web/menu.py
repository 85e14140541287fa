"""The menu of signed-in pages: what each role does here, in the words of the trade."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from traceability.core.permissions import Role
from traceability.web.auth import current_actor
from traceability.web.context import endpoint_exists
from traceability.web.i18n import LazyText, lazy_gettext as _l

EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; shown where the endpoint exists and the role fits."""

    endpoint: str
    label: LazyText
    roles: frozenset[Role]
    beside: tuple[str, ...] = ()  # where pages that belong to it lie too

    @property
    def current(self) -> bool:
        """Return whether the page shown belongs to this entry."""
        return any(
            request.path == address or request.path.startswith(f"{address}/")
            for address in (url_for(self.endpoint), *self.beside)
        )


NAV = [
    Entry("desk.today", _l("Today"), EVERYBODY),
    Entry(
        "accounts.organisations",
        _l("Organisations"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Entry("accounts.people", _l("People"), frozenset({Role.ADMINISTRATOR})),
    Entry("ocop.index", _l("OCOP recognitions"), frozenset({Role.OFFICER})),
    Entry("batches.index", _l("Batches"), frozenset({Role.PRODUCER, Role.OFFICER})),
    Entry("events.index", _l("Diary"), frozenset({Role.PRODUCER})),
    Entry(
        "labels.index",
        _l("Labels"),
        frozenset({Role.PRODUCER}),
        beside=("/label-stocks", "/label-designs", "/stamps"),
    ),
    Entry("catalog.products", _l("Products"), frozenset({Role.PRODUCER})),
    Entry("catalog.sites", _l("Growing areas and sites"), frozenset({Role.PRODUCER})),
    Entry(
        "catalog.certificates",
        _l("Certificates"),
        frozenset({Role.PRODUCER}),
        beside=("/ip-rights", "/expiring"),
    ),
    Entry("catalog.expiring", _l("What ends soon"), frozenset({Role.OFFICER})),
    Entry("pocket.shell", _l("Inspection on the spot"), frozenset({Role.INSPECTOR})),
    Entry("inspection.open_label", _l("Open a label"), frozenset({Role.INSPECTOR})),
    Entry(
        "inspection.index",
        _l("Inspections"),
        frozenset({Role.INSPECTOR, Role.OFFICER}),
        beside=("/inspection/record",),
    ),
    Entry(
        "parties.confirmations",
        _l("Confirm with your key"),
        frozenset({Role.PRODUCER, Role.OFFICER, Role.INSPECTOR}),
        beside=("/organisation/keys",),
    ),
    Entry(
        "parties.admin_keys",
        _l("Keys of organisations"),
        frozenset({Role.ADMINISTRATOR}),
    ),
    Entry("lookup.reports.index", _l("Reports of problems"), EVERYBODY),
    Entry("verification.verify", _l("Check a label"), EVERYBODY),
    Entry(
        "labels.quotas",
        _l("Quotas of labels"),
        frozenset({Role.OFFICER, Role.ADMINISTRATOR}),
    ),
    Entry("accounts.audit_trail", _l("Activity"), frozenset({Role.ADMINISTRATOR})),
]


def entries() -> list[Entry]:
    """Return the lines for whoever is signed in."""
    actor = current_actor()
    if actor is None:
        return []
    return [
        entry
        for entry in NAV
        if actor.has(*entry.roles) and endpoint_exists(entry.endpoint)
    ]


def install(app: Flask) -> None:
    """Give templates ``menu()`` and ``current_actor()``."""
    app.jinja_env.globals.update(
        menu=entries, current_actor=current_actor, endpoint_exists=endpoint_exists
    )
