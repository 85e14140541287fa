"""What a run can be had as."""

from enum import StrEnum


class SheetFormat(StrEnum):
    """Sheets, single labels, commands for label printers, lists."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"
    ZPL = "zpl"
    TSPL = "tspl"
    CSV = "csv"
    XLSX = "xlsx"
    SINGLES = "singles"
    SINGLES_SVG = "singles-svg"
