"""Every address of the URL map with A's things filled in, and who asks for it.

A route with a place that stands in no table here fails the tests: its maker says what
of A's lies there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from tests.hostile.make_world import World
from tests.hostile.wire import Answer, Wire
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection.pocket.code import read_code
from traceability.inspection.pocket.views import STATIC

_PLACE = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")
_UUID = "00000000-0000-4000-8000-000000000000"
NOWHERE = {"uuid": _UUID, "event_id": _UUID, "digest": "f" * 64}
_NUMBERS = {"key_id", "person_id"}
# What an address holds that is nobody's own: a word of ours, a link, a code.
_WORDS = {
    "/p/<path>",
    "/report/<path>",
    "/scratch/<path>",
    "/bundles/<path>",
    "/<key_path>",
    "/log/tile/<path>",
    "/static/<filename>",
    "/inspector/words.<language>",
    "/inspector/app.<language>",
    "/inspector/code/<version>",
    "/inspector/code/<version>/<name>",
    "/problems/<code>",
    "/status/<purpose>",
    "/status/<purpose>/<number>",
    "/api/v1/units/<code>",
    "/diary/new/<kind_id>",
    "/batches/import/lots.<ending>",
    "/admin/party-keys/<public_id>/<name>",
    "/batches/<public_id>/<name>",
    "/credentials/<public_id>/<variant>",
    "/labels/<run_id>/sheet.<format_>",
    "/inspections/list.<ending>",
    "/inspections/<public_id>/minutes.<ending>",
}


@dataclass(frozen=True)
class Call:
    """One address in one method, with A's ids in it and with ids of nobody's."""

    rule: Rule
    method: str
    path: str
    nowhere: str

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_public(self) -> bool:
        return is_public(self.rule)

    @property
    def names_a_thing(self) -> bool:
        """Whether something of A's stands in the address."""
        return self.path != self.nowhere


def is_public(rule: Rule) -> bool:
    """Whether anybody may look, and say what everybody may."""
    room, _, view = rule.endpoint.partition(".")
    public = {"lookup", "verification", "verification_api", "records", "transparency"}
    public |= {"signing", "static", "problems", "health", "papers", "api-docs"}
    public |= {"units_api", "records_api", "status", "party_documents"}
    public |= {"credentials", "recognitions", "pocket"}
    if rule.endpoint.startswith("lookup.reports."):
        return False
    return room in public or (room, view) == ("catalog", "photo")


def rules(world: World) -> list[Rule]:
    found = world.app.url_map.iter_rules()
    return sorted(found, key=lambda rule: (rule.rule, rule.endpoint))


def calls(world: World, *methods: str) -> Iterator[Call]:
    """Every rule in each of some methods; ``"WRITE"`` is all but looking."""
    places = places_of(world)
    for rule in rules(world):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if method in methods or ("WRITE" in methods and method != "GET"):
                path, nowhere = addresses(rule, places)
                yield Call(rule, method, path, nowhere)


def addresses(rule: Rule, places: dict[str, str]) -> tuple[str, str]:
    """A rule's address with A's ids and with nobody's. ``KeyError`` names the gap."""
    path, nowhere, end = "", "", 0
    shown = _PLACE.sub(lambda place: f"<{place[1]}>", _without_choices(rule.rule))
    for place in re.finditer(r"<([a-z_]+)>", shown):
        key = shown[: place.end()]
        value = places.get(f"{key} {rule.endpoint}", "") or places[key]
        between = shown[end : place.start()]
        path, end = f"{path}{between}{value}", place.end()
        nowhere += between + (value if key in _WORDS else _nobody_s(place[1]))
    return path + shown[end:], nowhere + shown[end:]


def _without_choices(text: str) -> str:
    """``<any(a, b):name>`` and ``<int(max=9):name>`` without what is in brackets."""
    return re.sub(r"<\w+\([^)]*\):", "<", text)


def _nobody_s(name: str) -> str:
    return "2147483647" if name in _NUMBERS else NOWHERE.get(name, "0" * 26)


def places_of(world: World) -> dict[str, str]:
    """What of A's lies at each place of an address, by the address up to there."""
    a, ids = world.a, world.ids
    lot = f"01/{a.product.gtin}/10/{a.issued.lot_number}"
    both = {
        "/certificates/<public_id>": a.ids["certificate"],
        "/certificates/<public_id>/files/<digest>": ids["paper"],
        "/ip-rights/<public_id>": a.ids["right"],
        "/inspections/<public_id>": ids["inspection"],
        "/products/<public_id>": a.product.public_id,
        "/products/<public_id>/photos/<digest>": ids["photo"],
        "/organisations/<public_id>": a.organisation.public_id,
        "/recognitions/<public_id>": world.recognition.public_id,
        "/records/<public_id>": ids["record"],
        "/sites/<public_id>": a.site.public_id,
    }
    return {
        **both,
        **{f"/api/v1{key}": value for key, value in both.items()},
        "/account/api-keys/<key_id>": ids["key"],
        "/admin/organisations/<public_id>": a.organisation.public_id,
        "/admin/party-keys/<public_id>": ids["party-key"],
        "/admin/party-keys/<public_id>/<name>": "refuse",
        "/admin/people/<person_id>": ids["person"],
        "/api/v1/batches/<public_id>": a.issued.public_id,
        "/api/v1/batches/<public_id> batches_api.change": a.draft.public_id,
        "/api/v1/batches/<public_id> batches_api.issue": a.draft.public_id,
        "/api/v1/events/<event_id>": ids["event"],
        "/api/v1/label-runs/<public_id>": world.run.public_id,
        "/api/v1/label-runs/<public_id>/tasks/<task_id>": ids["print"],
        "/api/v1/people/<person_id>": ids["person"],
        "/api/v1/units/<code>": "05587",
        "/batches/<public_id>": a.draft.public_id,
        "/batches/<public_id> batches.change": a.issued.public_id,
        "/batches/<public_id> batches.correct": a.issued.public_id,
        "/batches/<public_id> labels.new_run": a.issued.public_id,
        "/batches/<public_id> labels.run_preview": a.issued.public_id,
        "/batches/<public_id> stamps.bind": a.issued.public_id,
        "/batches/<public_id> bundles.disclose": a.issued.public_id,
        "/batches/<public_id>/<name>": "hold",
        "/batches/import/lots.<ending>": "csv",
        "/batches/imports/<import_id>": ids["import"],
        "/credentials/<public_id>": ids["record"],
        "/credentials/<public_id>/<variant>": "w3c",
        "/credentials/sites/<public_id>": a.site.public_id,
        "/confirmations/<public_id>": ids["prepared"],
        "/diary/<uuid>": ids["event"],
        "/diary/new/<kind_id>": "destroy",
        "/inspector/app.<language>": "vi",
        "/inspector/code/<version>": read_code(STATIC).version,
        "/inspector/code/<version>/<name>": "pocket/app.js",
        "/inspector/words.<language>": "vi",
        "/inspections/<public_id>/minutes.<ending>": "pdf",
        "/inspections/<public_id>/photos/<digest>": ids["inspection-photo"],
        "/inspections/list.<ending>": "csv",
        "/label-stocks/<stock_id>": ids["label-stock"],
        "/label-designs/<public_id>": ids["design"],
        "/labels/<run_id>": world.run.public_id,
        "/labels/<run_id>/files/<task_id>": ids["print"],
        "/labels/<run_id>/sheet.<format_>": "csv",
        "/labels/<run_id>/reprints/<reprint_id>": ids["reprint"],
        "/label-quotas/<public_id>": a.organisation.public_id,
        "/log/tile/<path>": "0/000.p/1",
        "/organisation/keys/<public_id>": ids["party-key"],
        "/p/<path>": lot,
        "/report/<path>": lot,
        "/scratch/<path>": DigitalLink.parse(world.labels[1].link).path()[1:],
        "/bundles/<path>": f"{lot}.zip",
        "/<key_path>": lot,
        "/photos/<digest>": ids["photo"],
        "/problems/<code>": "invalid",
        "/recognitions/new/<product_id>": a.product.public_id,
        "/reports/<public_id>": ids["report"],
        "/static/<filename>": "public.css",
        "/status/<purpose>": "suspension",
        "/status/<purpose>/<number>": "0",
    }


def ask(caller: Wire, call: Call, path: str, body: Any = None) -> Answer:
    """Ask as a browser sends a form, or as a program sends JSON."""
    if call.method == "GET":
        return caller.get(path)
    if call.is_api:
        return caller.program(call.method, path, {} if body is None else body)
    return caller.form(path, {"active": "0"})


def scope_of(document: Any, call: Call) -> str | None:
    """The scope the OpenAPI document asks of a call."""
    security = operation_of(document, call).get("security")
    return str(security[0]["apiKey"][0]) if security else None


def body_of(document: Any, call: Call) -> Any:
    """A body that the document takes for this call: what is required, no more."""
    content = operation_of(document, call).get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return {} if schema is None else _sample(document, schema)


def operation_of(document: Any, call: Call) -> Any:
    """What the OpenAPI document says of a call."""
    path = _PLACE.sub(lambda place: f"{{{place[1]}}}", _without_choices(call.rule.rule))
    return document["paths"][path][call.method.lower()]


def _sample(document: Any, schema: Any) -> Any:
    """The plainest value a schema takes."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        return _sample(document, document["components"]["schemas"][named])
    for name in ("allOf", "anyOf", "oneOf"):
        if name in schema:
            return _sample(document, schema[name][0])
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        required = schema.get("required", [])
        shown = schema.get("properties", {})
        return {name: _sample(document, shown[name]) for name in required}
    if kind == "array":
        return [_sample(document, schema["items"])] * schema.get("minItems", 0)
    return _plain(kind, schema)


def _plain(kind: str, schema: Any) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    known = {"integer": schema.get("minimum", 1), "number": 1, "boolean": True}
    return known.get(kind, _text(schema))


def _text(schema: Any) -> str:
    if schema.get("format") == "date":
        return "2026-11-20"
    if "pattern" in schema:
        return "1"
    return "a sample text"[: schema.get("maxLength", 20)]


def programs(world: World, *names: str) -> dict[str, Wire]:
    return {name: world.program(name) for name in names or world.keys}
