"""Pages of a list hold still while others write."""

from tests.api.make_api import Farm, problem
from traceability.web.paging import MOST


def register(farm: Farm, number: int) -> str:
    answer = farm.program.post("/batches", farm.batch(lot_number=f"LO-{number}"))
    assert answer.status_code == 201
    return str(answer.get_json()["lot_number"])


def test_every_row_comes_once_though_new_ones_come_in(farm: Farm) -> None:
    lots = [register(farm, number) for number in range(5)]
    seen, path, number = [], "/batches?limit=2&status=draft", 5
    while path:
        answer = farm.program.get(path)
        page = answer.get_json()
        seen += [one["lot_number"] for one in page["items"]]
        path = page["next"]
        link = f'<{path}>; rel="next"' if path else None
        assert answer.headers.get("Link") == link
        register(farm, number)
        number += 1
    assert seen == lots[::-1]


def test_a_full_last_page_leads_nowhere(farm: Farm) -> None:
    for number in range(2):
        register(farm, number)
    page = farm.program.get("/batches?limit=2").get_json()
    assert (len(page["items"]), page["next"]) == (2, None)


def test_a_cursor_is_good_for_its_own_list_only(farm: Farm) -> None:
    for number in range(2):
        register(farm, number)
    cursor = farm.program.get("/batches?limit=1").get_json()["next"].rpartition("=")[2]
    again = farm.program.get(f"/batches?limit=1&cursor={cursor}")
    assert again.status_code == 200
    for path in (f"/label-runs?cursor={cursor}", f"/organisations?cursor={cursor}"):
        assert problem(farm.program.get(path))["code"] == "cursor-invalid"


def test_a_cursor_that_was_made_up_is_refused(farm: Farm) -> None:
    for cursor in ("x", "MQ", "MS4w", "%C3%A9", "=", "a" * 200):
        found = problem(farm.program.get(f"/batches?cursor={cursor}"))
        assert (found["status"], found["code"]) == (400, "cursor-invalid"), cursor


def test_a_page_has_at_most_a_hundred_rows(farm: Farm) -> None:
    for limit in ("0", "-1", str(MOST + 1), "x", "1.5"):
        found = problem(farm.program.get(f"/batches?limit={limit}"))
        assert found["field"] == "limit", limit
