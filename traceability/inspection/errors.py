"""Refusals of inspections."""

from traceability.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)


class InspectionNotFoundError(NotFoundError):
    """There is no such inspection, or it is another authority's."""

    code = "inspection-not-found"


class InspectorOnlyError(ForbiddenError):
    """Only inspectors of an authority or inspectorate record visits."""

    code = "inspector-only"


class SeenAtError(InvalidError):
    """A visit cannot lie ahead, before 2000, or without a time zone."""

    code = "inspection-time"


class InspectionTextError(InvalidError):
    """A text of a visit is missing or longer than it may be."""

    code = "inspection-text"


class TooManyPhotosError(InvalidError):
    """A visit has at most six photos."""

    code = "inspection-photos-too-many"


class InspectionTakenError(ConflictError):
    """The same visit, by its client id, was stored a moment ago."""

    code = "inspection-taken"


class NotPublishableError(ConflictError):
    """A visit that names no lot of ours, or is public already, is not published."""

    code = "inspection-not-publishable"
