"""The rules of rating by decision: bands, who recognises, how long, why withdrawn.

Source: Decision 26/2026/QĐ-TTg of 22 May 2026 (public transcript), Decisions
148/QĐ-TTg of 24 February 2023 and 1489/QĐ-TTg of 6 July 2025 (legal-information
pages); the wording is ours. Check against the signed texts before an official use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from traceability.core.errors import InvalidError
from traceability.core.text import Bilingual

CERTIFICATE_MONTHS = 36
CERTIFIED_STARS = (3, 4, 5)
MAX_POINTS = Decimal(100)
MAX_POINT_DECIMALS = 2
_LEAST_POINTS = {5: Decimal(90), 4: Decimal(70), 3: Decimal(50), 2: Decimal(30)}


class RatingRulesError(InvalidError):
    """The decision named was not in force on the day, or none known was."""

    code = "rating-rules"


class Authority(StrEnum):
    """The level that recognises a product."""

    MINISTER = "minister"
    PROVINCE = "province"
    CENTRE = "centre"  # until 2026
    DISTRICT = "district"  # until July 2025


class WithdrawalReason(StrEnum):
    """Why a certificate is taken back; the letters are the decision's points."""

    FALSE_PAPERS = "a"
    CRITERIA_NOT_MET = "b"
    LAW_BROKEN = "c"
    MARK_MISUSED = "d"
    PRODUCTION_STOPPED = "dd"
    OTHER_FINDING = "e"


REASONS: Mapping[WithdrawalReason, Bilingual] = MappingProxyType(
    {
        WithdrawalReason.FALSE_PAPERS: Bilingual(
            "Thông tin, tài liệu gian dối hoặc giả",
            "False information or forged papers",
        ),
        WithdrawalReason.CRITERIA_NOT_MET: Bilingual(
            "Kiểm tra cho thấy không còn đạt tiêu chí",
            "Inspection shows the criteria are no longer met",
        ),
        WithdrawalReason.LAW_BROKEN: Bilingual(
            "Trái luật về chất lượng, an toàn thực phẩm, môi trường,"
            " sở hữu trí tuệ, nhãn",
            "Breach of quality, food-safety, environment, intellectual-property"
            " or labelling law",
        ),
        WithdrawalReason.MARK_MISUSED: Bilingual(
            "Dùng sai nhãn hiệu OCOP", "Misuse of the OCOP mark"
        ),
        WithdrawalReason.PRODUCTION_STOPPED: Bilingual(
            "Ngừng làm sản phẩm", "Production stopped"
        ),
        WithdrawalReason.OTHER_FINDING: Bilingual(
            "Kết luận khác của cơ quan nhà nước",
            "Other finding of a competent authority",
        ),
    }
)
AUTHORITY_NAMES: Mapping[Authority, Bilingual] = MappingProxyType(
    {
        Authority.MINISTER: Bilingual(
            "Bộ trưởng Bộ Nông nghiệp và Môi trường",
            "Minister of Agriculture and Environment",
        ),
        Authority.PROVINCE: Bilingual(
            "Chủ tịch UBND cấp tỉnh", "Chair of the provincial People's Committee"
        ),
        Authority.CENTRE: Bilingual(
            "Cấp trung ương (văn bản trước 2026)", "Central level (texts before 2026)"
        ),
        Authority.DISTRICT: Bilingual(
            "Cấp huyện (trước tháng 7/2025)", "District level (before July 2025)"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """One decision and the days on which a rating may rest on it, both included."""

    document: str
    first_day: date
    last_day: date | None
    recognised_by: Mapping[int, Authority]

    def in_force(self, day: date) -> bool:
        """Return whether a rating of that day may rest on this decision."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


# 1489 amended 148 (no district level any more), so 148 stands here twice; both ended
# 60 days after the new decision came into force.
VERSIONS = (
    RulesVersion(
        document="26/2026/QĐ-TTg",
        first_day=date(2026, 5, 22),
        last_day=None,
        recognised_by={
            3: Authority.PROVINCE,
            4: Authority.PROVINCE,
            5: Authority.MINISTER,
        },
    ),
    RulesVersion(
        document="1489/QĐ-TTg",
        first_day=date(2025, 7, 6),
        last_day=date(2026, 7, 21),
        recognised_by={
            3: Authority.PROVINCE,
            4: Authority.PROVINCE,
            5: Authority.CENTRE,
        },
    ),
    RulesVersion(
        document="148/QĐ-TTg",
        first_day=date(2025, 7, 6),
        last_day=date(2026, 7, 21),
        recognised_by={
            3: Authority.PROVINCE,
            4: Authority.PROVINCE,
            5: Authority.CENTRE,
        },
    ),
    RulesVersion(
        document="148/QĐ-TTg",
        first_day=date(2023, 2, 24),
        last_day=date(2025, 7, 5),
        recognised_by={
            3: Authority.DISTRICT,
            4: Authority.PROVINCE,
            5: Authority.CENTRE,
        },
    ),
)


def versions_on(day: date) -> list[RulesVersion]:
    """Return the decisions a rating of that day may rest on, the newest first."""
    return [version for version in VERSIONS if version.in_force(day)]


def rules_for(day: date, document: str = "") -> RulesVersion:
    """Return the decision named, or the newest in force.

    Raises ``RatingRulesError``.
    """
    possible = versions_on(day)
    for version in possible:
        if document in ("", version.document):
            return version
    if not possible:
        raise RatingRulesError(
            "No rating decision before 24/02/2023 is known here.", field="issued"
        )
    raise RatingRulesError(
        "Decision %(document)s was not in force on that day.",
        field="rules",
        document=document,
    )


def stars_for(points: Decimal) -> int:
    """Return the band points fall into: 90, 70, 50 and 30 open the next one."""
    return next((star for star, least in _LEAST_POINTS.items() if points >= least), 1)
