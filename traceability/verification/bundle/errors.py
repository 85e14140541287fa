"""Why a file is not read as a bundle; each refusal has its permanent code."""

from traceability.core.errors import InvalidError, TooLargeError


class BundleTooLargeError(TooLargeError):
    """The bundle, or what it would unfold to, is larger than any honest one."""

    code = "bundle-too-large"


class BundleRatioError(TooLargeError):
    """A file of the bundle unfolds to far more than it is packed in."""

    code = "bundle-ratio"


class BundleMalformedError(InvalidError):
    """The file is no bundle, or a part of it cannot be read."""

    code = "bundle-malformed"


class BundleTrailingBytesError(InvalidError):
    """There are bytes before, between or after the bundle's files."""

    code = "bundle-trailing-bytes"


class BundleNameError(InvalidError):
    """A file's name leads out of the bundle, or is none of ours."""

    code = "bundle-name-unsafe"


class BundleNameTwiceError(InvalidError):
    """Two files of the bundle have the same name."""

    code = "bundle-name-twice"


class BundleLinkError(InvalidError):
    """An entry of the bundle is a link or a folder, not a file."""

    code = "bundle-link"


class BundleEncryptedError(InvalidError):
    """A file of the bundle is encrypted."""

    code = "bundle-encrypted"


class BundleNestedError(InvalidError):
    """A file of the bundle is an archive itself."""

    code = "bundle-nested"


class BundleNotTextError(InvalidError):
    """A file of the bundle is not UTF-8 text."""

    code = "bundle-not-utf8"


class BundleManifestError(InvalidError):
    """The files are not those the manifest lists, with the digests it lists."""

    code = "bundle-manifest-mismatch"


class BundlePartsDifferError(InvalidError):
    """Two parts of the bundle tell different things."""

    code = "bundle-parts-differ"
