"""Pages of stock: choose by picture, measure one's own, test page, calibration."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.labels.calibration import CROSS, rulers_of
from traceability.labels.errors import StockNotFoundError, StockUnknownError
from traceability.labels.setup import DEFAULT_SETUP, Setup
from traceability.labels.stock import STOCKS, Stock, StockKind, stock_of
from traceability.labels.stocks import queries, service
from traceability.labels.stocks.models import LabelStock, PrinterProfile
from traceability.labels.stocks.schemas import (
    PrinterSchema,
    StockSchema,
    measured,
    stock_draft,
)
from traceability.labels.stocks.wording import STOCK_KINDS
from traceability.labels.testpage import render_test_page
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

blueprint = Blueprint("label_stocks", __name__, url_prefix="/label-stocks")
Answer = Response | Any
_producer = require(Role.PRODUCER)
_DRAWN = "drawn"  # the id of a stock that is only looked at


@blueprint.get("")
@_producer
def index() -> Response:
    """Show what labels can be printed on: pictures of sheets and rolls."""
    with services().database.reading() as session:
        mine = own_organisation()
        own = queries.own_stocks(session, mine)
        archived = queries.own_stocks(session, mine, archived=True)
    return render(
        "label_stocks/index.html",
        own=own,
        archived=archived,
        stocks=STOCKS.values(),
        kinds=STOCK_KINDS,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@_producer
def new() -> Answer:
    """Measure a sheet or a roll of one's own; the picture shows what was typed."""
    initial = {"kind": "sheet", "page_width": "210", "page_height": "297"}
    form, use = Form(StockSchema(), initial), services()
    if "show" in request.form:
        picture = _drawn(form)
        return _new_page(form, picture, 422 if form.failed else 200)
    made: list[str] = []

    def write(session: Session) -> None:
        draft, mine = stock_draft(form.data), own_organisation()
        row = service.create_stock(session, mine, draft, actor=actor(), clock=use.clock)
        made.append(row.public_id)

    status = submitted(form, write)
    if status == STORED:
        address = url_for(".show", stock_id=made[-1])
        return gone_on(_("The stock is kept. Print its test page once."), address)
    return _new_page(form, None, status)


def _new_page(form: Form, picture: Stock | None, status: int) -> Response:
    return render(
        "label_stocks/new.html", status, form=form, picture=picture, kinds=STOCK_KINDS
    )


@blueprint.get("/picture")
@_producer
def picture() -> Response:
    """Draw the stock of a form that is being filled, or say what does not fit."""
    form = Form(StockSchema())
    drawn = _drawn(form, request.args)
    return render("label_stocks/picture.html", picture=drawn, form=form)


def _drawn(form: Form, sent: Any = None) -> Stock | None:
    if not form.load(request.form if sent is None else sent):
        return None
    try:
        return stock_draft(form.data).stock(_DRAWN)
    except DomainError as error:
        form.fail(error)
        return None


@blueprint.get("/<stock_id>")
@_producer
def show(stock_id: str) -> Response:
    """Show one stock: its measures, its test page, the printers measured for it."""
    with services().database.reading() as session:
        stock, row = _stock(session, stock_id)
        printers = queries.printers_of(session, own_organisation(), stock.id)
    return render(
        "label_stocks/show.html",
        stock=stock,
        row=row,
        printers=printers,
        kinds=STOCK_KINDS,
    )


@blueprint.get("/<stock_id>/test-page.pdf")
@_producer
def test_page(stock_id: str) -> Response:
    """Send the test page, plain, or as a printer that was measured will print it."""
    with services().database.reading() as session:
        stock, _row = _stock(session, stock_id)
        printer = request.args.get("printer", "")
        setup = _asked(stock)
        if printer:
            mine = own_organisation()
            row = queries.printer_of(session, mine, stock.id, printer)
            setup = service.setup_with(row.calibration, setup.dpi)
    response = Response(render_test_page(stock, setup), content_type="application/pdf")
    response.headers["Cache-Control"] = "no-store"
    name = f"trang-thu-{stock.id}.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def _asked(stock: Stock) -> Setup:
    """Return the resolution asked for: what the stock's printers have, or 404."""
    first = DEFAULT_SETUP.dpi
    known = {str(one): one for one in stock.resolutions}
    dpi = known.get(request.args.get("dpi", str(first)))
    if dpi is None:
        abort(404)
    return Setup(dpi=dpi)


@blueprint.route("/<stock_id>/printer", methods=["GET", "POST"])
@_producer
def printer(stock_id: str) -> Answer:
    """Take the numbers measured on a test page, and keep what corrects the printer."""
    use = services()
    with use.database.reading() as session:
        stock, _row = _stock(session, stock_id)
        before = queries.printers_of(session, own_organisation())
    if stock.kind is StockKind.ROLL:
        abort(404)
    form = Form(PrinterSchema(), {"name": before[0].name} if before else {})

    def write(session: Session) -> None:
        service.measure_printer(
            session,
            own_organisation(),
            stock,
            form.data["name"],
            measured(form.data),
            actor=actor(),
            clock=use.clock,
        )

    status = submitted(form, write)
    if status == STORED:
        address = url_for(".show", stock_id=stock.id)
        return gone_on(_("The printer is set. Labels now fall into place."), address)
    return render(
        "label_stocks/printer.html",
        status,
        stock=stock,
        form=form,
        rulers=rulers_of(stock),
        cross=CROSS,
    )


@blueprint.post("/<stock_id>/archive")
@_producer
def archive(stock_id: str) -> Answer:
    """Take one of one's own stocks out of the choice; runs keep it."""
    use = services()

    def write(session: Session) -> None:
        service.archive_stock(
            session, own_organisation(), stock_id, actor=actor(), clock=use.clock
        )

    use.database.written(write)
    message = _("The stock is archived. Runs printed on it stay as they are.")
    return gone_on(message, url_for(".index"))


def _stock(session: Session, stock_id: str) -> tuple[Stock, LabelStock | None]:
    """Return a stock, built in or one's own, archived ones too."""
    row = queries.own_stock(session, own_organisation(), stock_id)
    if row is not None:
        return row.stock, row
    try:
        return stock_of(stock_id), None
    except StockUnknownError:
        raise StockNotFoundError("There is no such stock.") from None


@dataclass(frozen=True, slots=True)
class Fitted:
    """The printer and the resolution for the stock that stands in a form."""

    printer: str
    dpi: str


def fitted(
    printers: Sequence[PrinterProfile],
    stocks: Sequence[Stock],
    value: Callable[[str], str],
) -> Fitted:
    """Return what was typed, or what suits the stock where that changed since.

    ``set_for`` is the stock for which the form offered both; none is the same stock.
    """
    stock_id, printer, dpi = (value(name) for name in ("stock", "printer", "dpi"))
    if value("set_for") in {"", stock_id}:
        return Fitted(printer, dpi)
    own = [one.public_id for one in printers if one.stock == stock_id]
    known = [
        str(dpi) for one in stocks if one.id == stock_id for dpi in one.resolutions
    ]
    return Fitted(
        printer if printer in own else next(iter(own), ""),
        dpi if dpi in known else next(iter(known), dpi),
    )


def refitted(
    printers: Sequence[PrinterProfile],
    stocks: Sequence[Stock],
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a form's data with the printer and the resolution that suit its stock.

    A printer of another sheet stays where none was measured for this one, and is
    refused; on a roll there is none to be measured.
    """
    fit = fitted(printers, stocks, lambda name: str(data[name]))
    rolls = {one.id for one in stocks if one.kind is StockKind.ROLL}
    printer = "" if data["stock"] in rolls else fit.printer or data["printer"]
    return {**data, "printer": printer, "dpi": int(fit.dpi)}


def printer_options(
    printers: Sequence[PrinterProfile], stocks: Sequence[Stock]
) -> list[tuple[str, str]]:
    """Return printers to choose from, each with the stock it was measured for."""
    names = {stock.id: stock.name.in_language(language()) for stock in stocks}
    return [
        (one.public_id, f"{one.name} · {names[one.stock]}")
        for one in printers
        if one.stock in names
    ]
