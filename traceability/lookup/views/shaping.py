"""Render the page of a label: whole, or by filling the shape of its lot's pages."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from traceability.core.clock import day_in_vietnam
from traceability.lookup.page import PublicPage
from traceability.lookup.queries import Lead
from traceability.lookup.shapes import FilledPage, Shape, mark_of
from traceability.lookup.showing.looking import Asked
from traceability.lookup.verdict_line import detail_of
from traceability.lookup.wording import RESULTS, kind_names, right_values
from traceability.verification.bundle.address import address_of
from traceability.verification.findings import Finding
from traceability.web.i18n import LANGUAGES, language
from traceability.web.rendering import address_in, render

OF_THE_LABEL = frozenset({1, 3, 4, 11})  # the checks that look at one label
VERIFY, INSPECT = "/verify?link=", "/inspection/open?link="
MOST_SHAPES = 8  # of one lot: its pages differ by what they say of their scans


@dataclass(frozen=True, slots=True)
class _AnyLabel:
    """Stands for the link of a label in a shape."""

    serial: str = mark_of("serial")

    def path(self) -> str:
        return mark_of("path")


def whole(page: PublicPage, asked: Asked, status: int) -> Response:
    """Return a page rendered by itself."""
    return render("lookup/page.html", status, page=page, **_said(asked))


def shaped(page: PublicPage, asked: Asked) -> FilledPage | None:
    """Return the page of a label by its lot's shape; nothing where it has none."""
    if not _has_shape(page):
        return None
    key = _key(page)
    shape = page.shapes.get(key)
    if shape is None:
        shape = Shape.of(render_template("lookup/page.html", **_marked(page)))
        if len(page.shapes) < MOST_SHAPES:
            page.shapes[key] = shape
    args = request.args.to_dict(flat=True)
    return shape.filled(_values(page, asked, args), language())


def filled(
    page: PublicPage, asked: Asked, args: Mapping[str, str]
) -> FilledPage | None:
    """Return the same outside of a request, by a shape that is there already."""
    shape = page.shapes.get(_key(page)) if _has_shape(page) else None
    return shape.filled(_values(page, asked, args), language()) if shape else None


def _has_shape(page: PublicPage) -> bool:
    return page.found.lead is Lead.LABEL and page.lot is not None and page.settled


def _key(page: PublicPage) -> Hashable:
    """Return what pages of a lot differ by, beside what fills the gaps."""
    found = page.report.findings if page.report else ()
    told = tuple(
        (one.number, one.result, None if _own(one) else one.detail) for one in found
    )
    cosigners = page.report.facts.cosigners if page.report else ()
    bound_on = day_in_vietnam(page.bound_on) if page.bound_on else None
    return page.verdict, told, cosigners, bound_on, page.scratch, page.again


def _own(finding: Finding) -> bool:
    return finding.number in OF_THE_LABEL


def _said(asked: Asked) -> Mapping[str, Any]:
    return {
        "kind_names": kind_names(),
        "right_values": right_values,
        "result_names": RESULTS,
        "detail_of": detail_of,
        "canonical": asked.canonical,
        "verify_address": VERIFY + asked.quoted,
        "bundle_address": address_of(asked.link, asked.read.seal),
        "inspect_address": INSPECT + asked.quoted,
        "bind_address": "/stamps?" + urlencode({"stamp": asked.canonical}),
    }


def _marked(page: PublicPage) -> Mapping[str, Any]:
    """Return what the template is told of any label of the lot."""
    link: Any = _AnyLabel()
    return {
        "page": replace(page, found=replace(page.found, link=link)),
        "kind_names": kind_names(),
        "right_values": right_values,
        "result_names": RESULTS,
        "detail_of": lambda one: (
            mark_of(f"check{one.number}") if _own(one) else detail_of(one)
        ),
        "canonical": mark_of("canonical"),
        "verify_address": mark_of("verify"),
        "bundle_address": mark_of("bundle"),
        "inspect_address": mark_of("inspect"),
        "in_language": lambda code: mark_of(f"in{code}"),
    }


def _values(
    page: PublicPage, asked: Asked, args: Mapping[str, str]
) -> Mapping[str, str]:
    found = page.report.findings if page.report else ()
    return {
        "serial": page.serial,
        "path": asked.link.path(),
        "canonical": asked.canonical,
        "verify": VERIFY + asked.quoted,
        "bundle": address_of(asked.link, asked.read.seal),
        "inspect": INSPECT + asked.quoted,
        **{
            f"in{code}": address_in(code, args)
            for code in LANGUAGES
            if code != language()
        },
        **{f"check{one.number}": detail_of(one) for one in found if _own(one)},
    }
