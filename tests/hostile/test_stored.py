"""What would like to be code, typed into every form and sent to every operation.

The forms come from the pages and the bodies from the OpenAPI document; afterwards every
page is looked at again, by everybody.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import String, select

from tests.hostile.make_forms import every_text, forms_of
from tests.hostile.make_matrix import Call, calls, operation_of
from tests.hostile.make_world import World, make_world
from tests.hostile.wire import Answer, Wire
from traceability.core.spreadsheet import guarded
from traceability.db.base import Base

PAYLOAD = "=1+1\"><script>alert(1)</script>{{7*7}}' OR 1=1--"
MARKUP = "<script>alert(1)"
SHOWN = "{{7*7}}"
# Inputs that take no words, and what a person would write there.
KNOWN = {
    **dict.fromkeys(("gtin", "gln", "point", "email", "phone", "expires"), ""),
    **dict.fromkeys(("lot_number", "tax_code", "area_code", "puc_code"), ""),
    **dict.fromkeys(("website", "ocop_set"), ""),  # the first is a trap for robots
    **dict.fromkeys(("source", "other", "outside_lot", "source_lot"), ""),
    **dict.fromkeys(("commune", "commune_code"), "05587"),
    **dict.fromkeys(("url", "shop_url"), "https://shop.example/che"),
    "label_width": "50",
    "label_height": "30",
    "left": "",
    "top": "",
    "across": "149,5",
    "down": "200",
    "password": "x",
    "login": "moi@example.com",
    "clock": "07:00",
    "points": "62",
    "quota": "",  # as many labels as are asked for
    "recognised_by": "province",
    "internal_code": "TAN-CONG",
    "parent_code": "(00) 1 9520001 000000001 7",
}
ENDINGS = (
    *("/issue", "/withdraw", "/erase", "/wrong", "/apply", "/void"),
    *("/hold", "/recall"),
)
LEFT = re.compile(r"delete|revoke|/state$|/password$|/remove$|/close$|sign-out")
# Long columns that hold codes, digests, links and names of files and of who acted.
WORDLESS = {
    *("api_answer.key", "api_answer.request_sha256", "api_key.digest"),
    *("audit_entry.action", "audit_entry.actor_name", "audit_entry.target"),
    *("batch.digital_link", "disclosure.name", "label_run.created_by"),
    *("certificate_file.digest", "certificate_file.name", "event_file.digest"),
    *("label_binding.created_by",),
    *("event_file.name", "label_run.seal_kid", "label_run.serial_key_id"),
    *("label_print_out.by",),
    *("organisation.email", "person.login", "person.password_hash"),
    *("print_claim.worker", "print_task.made_by", "print_task.media_type"),
    *("print_task.sha256", "print_task.failure"),
    *("problem_report.about", "problem_report.handled_by", "problem_report.link"),
    *("scratch_delivery.created_by", "scratch_delivery.file_sha256"),
    "scratch_delivery.pepper_key_id",
    *("product.photo_digest", "product_photo.digest", "product_picture.digest"),
    *("scan.link", "scan_day.link", "sign_in.token_digest", "site.area_code"),
    *("sign_in_attempt.login_digest", "sign_in_attempt.network_digest"),
    *("trace_event.born_lot", "trace_event.corrected_by", "trace_event.event_id"),
    *("trace_event.place", "trace_event_lot.lot", "log_head.checkpoint"),
    *("signed_record.type", "signed_record.subject", "signed_record.token"),
    *("signed_record.digest", "signed_record.kid"),
    *("derived_credential.kid", "derived_credential.token", "inspection.event_id"),
    *("inspection_photo.digest", "party_key.challenge", "party_key.jwk"),
    *("prepared_confirmation.kid", "prepared_confirmation.signing_input"),
}
LONG = 60  # characters; a shorter column holds a code


@dataclass
class Sprayed:
    """A world after the attack, and what every form and operation answered."""

    world: World
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    lists: list[tuple[Call, Answer]] = field(default_factory=list)


@pytest.fixture(scope="module")
def sprayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sprayed]:
    with ExitStack() as stack:
        found = Sprayed(make_world(tmp_path_factory.mktemp("sprayed"), stack).inside())
        found.lists = list(_csv_files(found.world))  # a recalled lot's labels have none
        _spray_forms(found)
        _spray_operations(found)
        yield found


def _spray_forms(found: Sprayed) -> None:
    world = found.world
    for path in _pages(world):
        for name, who in onlookers(world).items():
            page = who.get(path)
            if page.status == 200 and page.headers.get_content_type() == "text/html":
                _send_forms(found, who, f"{name}: {path}", path, page.text)


def onlookers(world: World) -> dict[str, Wire]:
    """A person of each role that has pages of its own, and a stranger."""
    chosen = ("producer-a", "officer", "inspector", "administrator")
    return {"nobody": world.stranger(), **{one: world.people[one] for one in chosen}}


def _pages(world: World) -> list[str]:
    """Every page, those that end something last; one for each kind of event."""
    paths = [call.path for call in calls(world, "GET") if not call.is_api]
    diary = world.people["producer-a"].get("/diary/new").text
    paths += re.findall(r'href="(/diary/new/[a-z_]+)"', diary)
    public = f"/report/01/{world.a.product.gtin}"
    return sorted([*paths, public], key=lambda path: path.endswith(ENDINGS))


def _send_forms(
    found: Sprayed, who: Wire, where: str, path: str, page: str, *, depth: int = 0
) -> None:
    for form in forms_of(page):
        target = form.action or path
        key = f"{target} {sorted(one.name for one in form.inputs)}"
        if key in found.forms or LEFT.search(target):
            continue
        found.forms.add(key)
        applied = target.endswith("/apply")  # a label on goods cannot be spoiled
        first = str((found.world.run.first_index or 0) + applied)
        values = {**KNOWN, "first": first, "last": first}
        answer = who.form(target, form.filled(PAYLOAD, values))
        found.answers.append((f"{where} → {target}", answer))
        if answer.status == 200 and depth == 0:  # it asks once more
            _send_forms(found, who, where, target, answer.text, depth=1)
        who.get(path)  # brings the next token


def _spray_operations(found: Sprayed) -> None:
    world = found.world
    document = world.stranger().get("/api/v1/openapi.json").json()
    a = world.a
    known: dict[str, Any] = {
        **{name: value or None for name, value in KNOWN.items()},
        "product": a.product.public_id,
        "site": a.site.public_id,
        "batch": a.issued.public_id,
        "organisation": a.organisation.public_id,
        "time": "2026-11-20T07:00:00+07:00",
        "internal_code": "TAN-CONG-2",
        **dict.fromkeys(("inputs", "stage", "shop_links", "products", "sites"), None),
    }
    for call in calls(world, "WRITE"):
        if not call.is_api or LEFT.search(call.path) or call.method == "DELETE":
            continue
        content = operation_of(document, call).get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {"type": "object"})
        body = every_text(document, schema, PAYLOAD, known)
        for name in ("both", "authority"):
            answer = world.program(name).program(call.method, call.path, body)
            found.answers.append((f"{name}: {call.method} {call.path}", answer))


def test_every_form_and_operation_answers_without_markup(sprayed: Sprayed) -> None:
    assert len(sprayed.forms) >= 50
    for where, answer in sprayed.answers:
        assert answer.status < 500, where
        if answer.headers.get_content_type() == "text/html":
            assert MARKUP not in answer.text, where


def test_it_is_stored_verbatim_wherever_words_are_stored(sprayed: Sprayed) -> None:
    found = stored(sprayed.world)
    assert "disclosure.value" in found
    assert words() - found - WORDLESS == set()


def words() -> set[str]:
    """Every column that is long enough for words."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String) and (column.type.length or LONG) >= LONG
    }


def stored(world: World) -> set[str]:
    """The columns in which the text stands as it was typed."""
    with world.use.database.reading() as session:
        return {
            f"{table.name}.{column.name}"
            for table in Base.metadata.tables.values()
            for column in table.columns
            if any(MARKUP in str(one) for one in session.scalars(select(column)))
        }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_shows_it_as_markup_to_anybody(sprayed: Sprayed, language: str) -> None:
    world = sprayed.world
    escaped = 0
    for call in calls(world, "GET"):
        for name, who in ({} if call.is_api else onlookers(world)).items():
            answer = who.get(f"{call.path}?lang={language}")
            where = f"{name}: {call.path}"
            assert answer.status < 500, where
            assert answer.headers["X-Content-Type-Options"] == "nosniff", where
            if answer.headers.get_content_type() in {"text/html", "image/svg+xml"}:
                assert MARKUP not in answer.text, where
                assert "49' OR" not in answer.text, where
                escaped += SHOWN in answer.text
    assert escaped >= 30


def test_programs_get_it_as_typed_and_never_as_a_page(sprayed: Sprayed) -> None:
    world, verbatim = sprayed.world, 0
    for call in calls(world, "GET"):
        if not call.is_api or call.path == "/api/v1/docs":
            continue
        answer = world.program().get(call.path)
        assert answer.headers.get_content_type() != "text/html", call.path
        verbatim += SHOWN in answer.text
    assert verbatim >= 8


def _csv_files(world: World) -> Iterator[tuple[Call, Answer]]:
    for call in calls(world, "GET"):
        who: Any = world.program() if call.is_api else world.people["producer-a"]
        answer = who.get(call.path)
        if answer.headers.get_content_type() == "text/csv":
            yield call, answer


def test_no_csv_the_service_writes_holds_a_formula(sprayed: Sprayed) -> None:
    seen = set()
    for call, answer in [*sprayed.lists, *_csv_files(sprayed.world)]:
        seen.add(call.rule.endpoint)
        for line in csv.reader(StringIO(answer.text.removeprefix("\ufeff"))):
            for cell in line:
                assert cell == guarded(cell), f"{call.path}: {cell}"
    assert seen >= {"labels.download", "labels_api.labels", "batches.import_template"}


@pytest.mark.parametrize(
    "cell",
    ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\xa0=1", "＝1", "\n=1"],
)
def test_a_cell_that_starts_like_a_formula_is_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("Chè 1-2") == "Chè 1-2"
