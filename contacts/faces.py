"""Photos of faces: what a phone gives becomes three small JPEGs that say nothing but the face.

Pure functions from bytes to bytes. Nothing of the uploaded file survives except its pixels: every
photo is decoded, turned upright, brought to sRGB and encoded anew, so that location, comments,
colour profiles and anything hidden behind the picture are gone.

Limits are checked on the header, before a pixel is decoded. They are set so that no photo needs
more than 256 MB, measured with Pillow 13.0 and pillow-heif 1.8 (see ``_pixel_limit``).
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError
from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

MEDIA_TYPE = "image/jpeg"
MAX_BYTES = 8 * 2**20
WHOLE_SIDE = 1024
LARGE_SIDE = 512
SMALL_SIDE = 160
MAIL_SIDE = 96

type Point = tuple[float, float]
CENTRE: Point = (0.5, 0.5)

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_MEGA = 1_000_000
_MAX_MEGAPIXELS = 25
_MAX_MEGAPIXELS_WEBP = 12
_MAX_MEGAPIXELS_JPEG_ONE_SCAN = 64
_MAX_JPEG_SCANS = 64
_MAX_JPEG_SEGMENTS = 10_000
_STRIP_ROWS = 64
_JPEG_QUALITY = 85
_MAIL_QUALITY = 72

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

_EMPTY = "This file is empty. Please choose the photo again."
_NOT_A_PHOTO = "This is not a photo Kept can read. Please use JPEG, PNG, WebP or HEIC."
_DAMAGED = "This photo is damaged or incomplete. Please choose another copy of it."


class FaceError(ValueError):
    """The photo cannot be used; the message is a sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Face:
    """Three JPEGs of one photo; ``width`` and ``height`` are those of ``whole``, in pixels.

    ``whole`` is the upright picture, at most 1024 pixels on its long side; ``large`` and ``small``
    are squares round the focus point of at most 512 and 160 pixels. Nothing is ever enlarged.
    """

    whole: bytes
    large: bytes
    small: bytes
    width: int
    height: int


def prepare_face(data: bytes, *, focus: Point = CENTRE) -> Face:
    """Make a face of an uploaded JPEG, PNG, WebP or HEIC; of an animated one its first frame.

    ``focus`` is the middle of the square in parts of the upright picture's width and height; the
    square is as large as the picture allows and kept inside it.
    Raises FaceError and nothing else, whatever the bytes are.
    """
    with _only_face_errors():
        picture = _read(data)
        whole = _jpeg(picture)
    large, small = crop_face(whole, focus)
    return Face(whole, large, small, picture.width, picture.height)


def crop_face(whole: bytes, focus: Point) -> tuple[bytes, bytes]:
    """Cut ``large`` and ``small`` anew out of a stored ``whole``, as when the point is dragged."""
    with _only_face_errors():
        picture = _read(whole)
        box = _square(picture.size, focus)
        return _cut(picture, box, LARGE_SIDE), _cut(picture, box, SMALL_SIDE)


def shrink_face(square: bytes) -> bytes:
    """A stored ``large`` or ``small`` as a mail carries it: 96 pixels, about 2 kB."""
    with _only_face_errors():
        picture = _read(square).resize((MAIL_SIDE, MAIL_SIDE), Image.Resampling.LANCZOS)
        return _jpeg(picture, quality=_MAIL_QUALITY)


@contextmanager
def _only_face_errors() -> Iterator[None]:
    """Decoders meet hostile bytes with exceptions of every kind; a person gets one sentence."""
    try:
        yield
    except FaceError:
        raise
    except Exception as error:
        raise FaceError(_DAMAGED) from error


def _read(data: bytes) -> Image.Image:
    """The picture in these bytes: upright, sRGB, at most 1024 pixels on its long side."""
    _check_bytes(data)
    with _open(data) as photo:
        _check_pixels(photo, data)
        photo.load()
        picture = _fitted(_reduced(photo))
        picture = _in_srgb(picture, photo.info.get("icc_profile"))
        return _upright(picture, _orientation(photo))


def _check_bytes(data: bytes) -> None:
    if not data:
        raise FaceError(_EMPTY)
    if len(data) > MAX_BYTES:
        megabytes, limit = math.ceil(len(data) / 2**20), MAX_BYTES // 2**20
        raise FaceError(
            f"This photo has {megabytes} MB; the limit is {limit} MB. Please choose a smaller one."
        )


def _open(data: bytes) -> Image.Image:
    """Reads the header only; the content decides about the format, never a name."""
    try:
        return Image.open(BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise FaceError(_NOT_A_PHOTO) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow's own, wider limit speaks first: "Image size (400000000 pixels) exceeds ..."
        found = re.search(r"\d+", str(error))
        pixels = int(found.group()) if found else 0
        raise _too_many_pixels(pixels, _MAX_MEGAPIXELS) from error


def _check_pixels(photo: Image.Image, data: bytes) -> None:
    """Refuses what would need too much memory, and lets a JPEG be decoded at a fraction."""
    limit = _pixel_limit(photo, data)
    if photo.width * photo.height > limit * _MEGA:
        raise _too_many_pixels(photo.width * photo.height, limit)
    photo.draft(None, (WHOLE_SIDE, WHOLE_SIDE))
    if photo.width * photo.height > _MAX_MEGAPIXELS * _MEGA:
        raise _too_many_pixels(photo.width * photo.height, _MAX_MEGAPIXELS)


def _pixel_limit(photo: Image.Image, data: bytes) -> int:
    """In megapixels, from the memory that decoding takes.

    PNG and HEIC need 4 to 7 bytes a pixel. WebP needs 16: its decoder holds two canvases and hands
    out copies. A JPEG of one scan is decoded row by row at 1/2 to 1/8 (``draft``); one of several
    scans holds all its coefficients, 2 bytes for each component of each pixel.
    """
    if photo.format == "WEBP":
        return _MAX_MEGAPIXELS_WEBP
    if photo.format in ("JPEG", "MPO") and _jpeg_scans(data) == 1:
        return _MAX_MEGAPIXELS_JPEG_ONE_SCAN
    return _MAX_MEGAPIXELS


def _jpeg_scans(data: bytes) -> int:
    """How many passes over the picture this JPEG asks for.

    A usual progressive JPEG has about ten. Each pass over a large picture takes 10 ms and can be
    written in a few bytes, so a file of many thousand would keep a processor busy for hours.
    """
    scans, position = 0, 2
    for _ in range(_MAX_JPEG_SEGMENTS):
        marker = _JPEG_MARKER.search(data, position)
        if marker is None or marker.group() == b"\xff\xd9":
            break
        scans += marker.group() == b"\xff\xda"
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        position = marker.end() + length
    else:
        raise FaceError(_DAMAGED)
    if scans > _MAX_JPEG_SCANS:
        raise FaceError(_DAMAGED)
    return scans


# 0xFF within the picture data is followed by 0 or a restart marker; anything else begins a segment.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _too_many_pixels(pixels: int, limit: int) -> FaceError:
    count = math.ceil(pixels / _MEGA)
    return FaceError(
        f"This photo has {count} megapixels; the limit is {limit}. Please choose a smaller one."
    )


def _reduced(photo: Image.Image) -> Image.Image:
    """A copy at most twice as long as needed, without transparency, as L, RGB or CMYK.

    It is made strip by strip: converting a large picture at once would take its memory twice.
    """
    factor = max(1, max(photo.size) // (2 * WHOLE_SIDE))
    rows = factor * _STRIP_ROWS
    strips = (
        _opaque(photo.crop((0, top, photo.width, min(top + rows, photo.height)))).reduce(factor)
        for top in range(0, photo.height, rows)
    )
    first = next(strips)
    picture = Image.new(
        first.mode, (math.ceil(photo.width / factor), math.ceil(photo.height / factor))
    )
    picture.paste(first, (0, 0))
    for number, strip in enumerate(strips, start=1):
        picture.paste(strip, (0, number * _STRIP_ROWS))
    return picture


def _opaque(strip: Image.Image) -> Image.Image:
    """Transparent parts become white, as the page behind them would be."""
    if strip.mode.startswith("I"):
        # 16 bits of grey: Pillow would clip them to 8, not scale them.
        return strip.convert("I").point(lambda value: value / 256).convert("L")
    if strip.has_transparency_data:
        coloured = strip.convert("RGBA")
        white = Image.new("RGB", strip.size, "white")
        white.paste(coloured, mask=coloured.getchannel("A"))
        return white
    return strip if strip.mode in ("L", "RGB", "CMYK") else strip.convert("RGB")


def _fitted(picture: Image.Image) -> Image.Image:
    scale = min(1.0, WHOLE_SIDE / max(picture.size))
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A broken or foreign profile only shifts colours: no reason to refuse a face.
            return picture.convert("RGB")
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _orientation(photo: Image.Image) -> int | None:
    """EXIF's 1 to 8, or None. A HEIC is turned by its decoder and always says 1."""
    try:
        return photo.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _upright(picture: Image.Image, orientation: int | None) -> Image.Image:
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _square(size: tuple[int, int], focus: Point) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels."""
    side = min(size)
    left, top = (_start(length, side, part) for length, part in zip(size, focus, strict=True))
    return left, top, left + side, top + side


def _start(length: int, side: int, part: float) -> int:
    wanted = length * part - side / 2
    return 0 if math.isnan(wanted) else round(min(max(0, wanted), length - side))


def _cut(picture: Image.Image, box: tuple[int, int, int, int], side: int) -> bytes:
    side = min(side, box[2] - box[0])
    return _jpeg(picture.resize((side, side), Image.Resampling.LANCZOS, box=box))


def _jpeg(picture: Image.Image, *, quality: int = _JPEG_QUALITY) -> bytes:
    # Pillow writes a comment it finds in `info`; there is to be none.
    picture.info = {}
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True, progressive=True)
    return stream.getvalue()
