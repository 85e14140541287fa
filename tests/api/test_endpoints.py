"""What programs do all day: from an organisation to labels made void."""

from tests.api.make_api import Farm, Program, problem
from traceability.core.permissions import Role

RECOGNITION = {
    "stars": 4,
    "points": "82.5",
    "recognised_by": "province",
    "decision_no": "12/QĐ-UBND",
    "decided_by": "UBND tỉnh mẫu",
    "certificate_no": "M-12",
    "issued": "2026-06-01",
}
RUN = {"kind": "serial", "count": 5, "stock": "a4-24"}
NOTICE = {"reason_vi": "Nghi nhiễm ẩm"}


def test_a_draft_is_changed_issued_and_corrected(farm: Farm) -> None:
    line = {"outside": "Chè búp tươi", "supplier": "Hộ mẫu"}
    inputs = [{**line, "quantity": "120", "unit": "KGM"}]
    program = farm.program
    draft = program.post("/batches", farm.batch(variety="LDP1", inputs=inputs))
    path = f"/batches/{draft.get_json()['id']}"
    changed = program.patch(path, {"quantity": "90"})
    assert changed.status_code == 200
    assert changed.get_json() == {**draft.get_json(), "quantity": "90"}
    program.post(f"{path}/issue")
    assert problem(program.patch(path, {"quantity": "80"}))["code"] == "batch-issued"
    corrected = program.post(f"{path}/correct", {"quantity": "80", "reason": "Cân lại"})
    found = corrected.get_json()
    assert (found["quantity"], found["record"]["version"]) == ("80", 2)
    assert found["inputs"][0]["supplier"] == "Hộ mẫu"
    silent = program.post(f"{path}/correct", {"quantity": "80"})
    assert problem(silent)["field"] == "reason"


def test_a_draft_is_thrown_away_an_issued_batch_is_not(farm: Farm) -> None:
    draft = farm.program.post("/batches", farm.batch()).get_json()
    path = f"/batches/{draft['id']}"
    assert farm.program.send("DELETE", path).get_json() == draft
    assert problem(farm.program.get(path))["code"] == "batch-not-found"
    issued = farm.program.send("DELETE", f"/batches/{farm.issued()['id']}")
    assert problem(issued)["code"] == "batch-issued"


def test_an_officer_holds_what_a_producer_cannot_release(
    farm: Farm, authority: Program
) -> None:
    path = f"/batches/{farm.issued()['id']}"
    held = authority.post(f"{path}/hold", NOTICE).get_json()
    assert held["status"] == "held"
    assert held["history"][0]["by_officer"] is True
    assert problem(farm.program.post(f"{path}/release", NOTICE))["status"] == 403
    assert authority.post(f"{path}/release", NOTICE).get_json()["status"] == "issued"
    recalled = farm.program.post(f"{path}/recall", NOTICE).get_json()
    assert [one["status"] for one in recalled["history"]] == [
        "held",
        "released",
        "recalled",
    ]
    assert problem(farm.program.post(f"{path}/hold", NOTICE))["code"] == "batch-state"


def test_an_officer_sees_no_supplier_and_no_draft(
    farm: Farm, authority: Program
) -> None:
    line = {"outside": "Phân", "supplier": "Đại lý kín", "quantity": "200"}
    draft = farm.program.post(
        "/batches", farm.batch(inputs=[{**line, "unit": "KGM"}])
    ).get_json()
    assert authority.get("/batches").get_json()["items"] == []
    farm.program.post(f"/batches/{draft['id']}/issue")
    seen = authority.get(f"/batches/{draft['id']}")
    assert seen.get_json()["inputs"][0]["supplier"] is None
    assert "kín" not in seen.get_data(as_text=True)


def test_labels_are_made_downloaded_and_made_void(farm: Farm) -> None:
    batch, program = farm.issued(), farm.program
    made = program.post("/label-runs", {"batch": batch["id"], **RUN})
    assert made.status_code == 201
    run = made.get_json()
    listed = program.get(f"/label-runs?batch={batch['id']}").get_json()["items"]
    whole = {"voids", "setup", "tasks", "bindings"}
    assert listed == [{k: v for k, v in run.items() if k not in whole}]
    sheets = program.get(run["sheets"])
    assert (sheets.mimetype, sheets.data[:5]) == ("application/pdf", b"%PDF-")
    labels = program.get(run["labels"])
    assert labels.mimetype == "text/csv"
    rows = labels.get_data(as_text=True).splitlines()
    assert len(rows) == 6
    serial = rows[1].split(",")[1]
    void = {"first": serial, "reason": "Tem rách"}
    after = program.post(f"/label-runs/{run['id']}/void", void).get_json()
    assert after["voids"][0]["first_index"] == run["first_index"]
    assert program.get(f"/label-runs/{run['id']}").get_json() == after
    beyond = {"first": str(run["last_index"] + 1), "reason": "x"}
    refused = problem(program.post(f"/label-runs/{run['id']}/void", beyond))
    assert (refused["code"], refused["field"]) == ("void-range", "first")


def test_a_run_is_printed_for_a_printer_as_it_is_set(farm: Farm) -> None:
    batch = farm.issued()
    setup = {"dpi": 600, "shift_x": "-0.5", "scale_y": "1.002", "skip": "1-2,5"}
    body = {"batch": batch["id"], **RUN, "setup": {**setup, "copies": 2}}
    run = farm.program.post("/label-runs", body).get_json()
    assert run["setup"] == {
        **setup,
        "shift_y": "0.0",
        "scale_x": "1.0",
        "bleed": "0.0",
        "copies": 2,
        "cut_marks": False,
    }
    assert farm.program.get(f"/label-runs/{run['id']}").get_json() == run
    body["setup"] = {"skip": "1-24"}
    refused = problem(farm.program.post("/label-runs", body))
    assert (refused["code"], refused["field"]) == ("setup-range", "skip")
    body["setup"] = {"shift_x": 0.5}
    assert problem(farm.program.post("/label-runs", body))["status"] == 422
    refused = problem(farm.program.post("/label-runs", {**body, "stock": "a3"}))
    assert refused["status"] == 422


def test_the_life_of_labels_is_told_and_looked_up(farm: Farm) -> None:
    batch, program = farm.issued(), farm.program
    run = program.post("/label-runs", {"batch": batch["id"], **RUN}).get_json()
    own, first = f"/label-runs/{run['id']}", run["first_index"]
    assert program.get(run["labels"]).status_code == 200
    day = run["created_at"][:10]
    put = {"first": str(first), "last": str(first + 1), "day": day, "place": "Kín"}
    told = program.post(f"{own}/applied", put).get_json()
    counts = {"left": 3, "reprinted": 0, "bound": 0, "applied": 2, "void": 0}
    assert told["counts"] == counts
    again = problem(program.post(f"{own}/applied", put))
    assert (again["code"], again["status"]) == ("applied-range", 409)
    spoiled = {"first": str(first + 2), "reason": "Kẹt giấy"}
    alone = problem(program.post(f"{own}/reprints", spoiled))
    assert (alone["code"], alone["field"]) == ("witness-missing", "witness_name")
    who = {"witness_name": "Người mẫu", "witness_role": "Thủ kho"}
    told = program.post(f"{own}/reprints", {**spoiled, **who}).get_json()
    assert told == program.get(f"{own}/life").get_json()
    assert told["print_outs"] == [{**told["print_outs"][0], "format": "csv"}]
    [found] = program.get(f"/label-runs/numbers?number={first + 2}").get_json()["items"]
    assert found["index"] == first + 2
    assert found["reprints"] == told["reprints"]
    assert found["counts"]["reprinted"] == 1
    assert "Kín" not in str(told)
    assert who["witness_name"] not in str(told)
    beyond = problem(program.post(f"{own}/applied", {**put, "last": str(first + 5)}))
    assert beyond["code"] == "void-range"


def test_more_labels_than_packs_are_refused_with_the_numbers(farm: Farm) -> None:
    pieces = farm.batch(quantity="1", unit="H87")
    batch = farm.program.post("/batches", pieces).get_json()
    farm.program.post(f"/batches/{batch['id']}/issue")
    body = {"batch": batch["id"], **RUN, "kind": "lot", "count": 12}
    refused = problem(farm.program.post("/label-runs", body))
    assert (refused["code"], refused["status"]) == ("over-printing", 409)
    assert "nhiều nhất 1 gói và đã có 0 tem" in refused["detail"]
    made = farm.program.post("/label-runs", {**body, "excess_reason": "Kẹt giấy"})
    assert made.status_code == 201


def test_blank_stamps_are_made_and_bound(farm: Farm) -> None:
    batch, program = farm.issued(), farm.program
    body = {"product": farm.product, "count": 5, "stock": RUN["stock"]}
    made = program.post("/blank-stamps", body)
    assert made.status_code == 201
    run = made.get_json()
    assert (run["batch"], run["product"]) == (None, farm.product)
    rows = program.get(run["labels"]).get_data(as_text=True).splitlines()
    link = rows[1].split(",")[3]
    assert "/10/" not in link
    wanted = {"batch": batch["id"], "first": link, "last": str(run["last_index"])}
    bound = program.post("/blank-stamps/bindings", wanted)
    assert bound.status_code == 201
    found = program.get(f"/label-runs/{run['id']}").get_json()["bindings"]
    assert found == [bound.get_json()]
    assert found[0]["batch"] == batch["id"]
    again = problem(program.post("/blank-stamps/bindings", wanted))
    assert (again["code"], again["field"]) == ("binding-taken", "first")


def test_labels_of_lots_have_no_serials_to_make_void(farm: Farm) -> None:
    body = {"batch": farm.issued()["id"], **RUN, "kind": "lot"}
    run = farm.program.post("/label-runs", body).get_json()
    assert run["first_index"] is None
    void = farm.program.post(
        f"/label-runs/{run['id']}/void", {"first": "1", "reason": "x"}
    )
    assert problem(void)["code"] == "void-range"
    put = farm.program.post(
        f"/label-runs/{run['id']}/applied", {"first": "1", "day": "2026-11-22"}
    )
    assert problem(put)["code"] == "void-range"


def test_an_officer_recognises_and_withdraws(farm: Farm, authority: Program) -> None:
    body = {**RECOGNITION, "product": farm.product}
    made = authority.post("/recognitions", body)
    assert made.status_code == 201
    found = made.get_json()
    assert (found["state"], found["expires"]) == ("valid", "2029-06-01")
    assert farm.program.get("/recognitions").get_json()["items"] == [found]
    again = problem(authority.post("/recognitions", body))
    assert again["code"] == "recognition-taken"
    path = f"/recognitions/{found['id']}"
    corrected = authority.post(f"{path}/correct", {"points": "84"}).get_json()
    assert corrected == {**found, "points": "84"}
    withdrawal = {"withdrawn_on": "2026-11-20", "reason": "b"}
    after = authority.post(f"{path}/withdraw", withdrawal).get_json()
    assert after["state"] == "withdrawn"
    assert authority.get(path).get_json() == after
    records = authority.get(f"/records?subject={found['subject']}").get_json()
    assert [one["version"] for one in records["items"]] == [3, 2, 1]


def test_records_proofs_and_the_head_are_open_to_everybody(farm: Farm) -> None:
    record = farm.issued()["record"]
    stranger = Program(farm.program.app)
    found = stranger.get(f"/records/{record['id']}").get_json()
    assert found["payload"]["credentialSubject"]["quantity"]["value"] == "100.5"
    assert (found["jws"].count("."), found["type"]) == (2, "BatchRecord")
    proof = stranger.get(f"/records/{record['id']}/proof")
    assert proof.get_data(as_text=True).startswith("c2sp.org/tlog-proof@v1")
    head = stranger.get("/log").get_json()
    assert head["checkpoint"].startswith(f"{head['origin']}\n{head['tree_size']}\n")


def test_an_empty_log_has_no_head(authority: Program) -> None:
    assert problem(authority.get("/log"))["code"] == "log-empty"


def test_an_administrator_s_program_enters_organisations_and_people(
    authority: Program,
) -> None:
    body = {"kind": "cooperative", "name_vi": "HTX mới (mẫu)", "commune_code": "05587"}
    made = authority.post("/organisations", body)
    assert made.status_code == 201
    home = made.get_json()
    assert home["active"] is True
    path = f"/organisations/{home['id']}"
    changed = authority.patch(path, {"name_en": "New cooperative"}).get_json()
    assert changed == {**home, "name_en": "New cooperative"}
    person = {
        "organisation": home["id"],
        "name": "Người mới",
        "login": "moi@example.com",
        "roles": [Role.PRODUCER],
    }
    entered = authority.post("/people", person).get_json()
    assert len(entered.pop("password")) >= 10
    mine = authority.get(f"/people?organisation={home['id']}").get_json()["items"]
    assert mine == [entered]
    closed = authority.post(f"/people/{entered['id']}/close").get_json()
    assert closed == {**entered, "active": False}
    assert authority.post(f"/people/{entered['id']}/open").get_json() == entered
    assert authority.post(f"{path}/close").get_json()["active"] is False
    assert authority.post(f"{path}/open").get_json()["active"] is True
    officer = {**person, "login": "x@example.com", "roles": [Role.OFFICER]}
    assert problem(authority.post("/people", officer))["code"] == "role-mismatch"
    assert problem(authority.post("/people", person))["code"] == "login-taken"


def test_a_producer_s_program_knows_its_own_organisation_only(
    farm: Farm, other: Farm
) -> None:
    own = farm.program.get("/organisations").get_json()["items"]
    assert [one["id"] for one in own] == [farm.organisation.public_id]
    path = f"/organisations/{other.organisation.public_id}"
    assert problem(farm.program.get(path))["code"] == "organisation-not-found"
