"""Photos: what people choose, what phones write into them, and what an attacker sends."""

import random
import re
import struct
import subprocess
import sys
import zlib
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from contacts.faces import MAX_BYTES, FaceError, crop_face, prepare_face

ROOT = Path(__file__).resolve().parents[2]
NOT_A_PHOTO = "This is not a photo Kept can read. Please use JPEG, PNG, WebP or HEIC."
DAMAGED = "This photo is damaged or incomplete. Please choose another copy of it."
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def plain(width: int = 300, height: int = 200, colour: object = "red", mode: str = "RGB"):
    return Image.new(mode, (width, height), colour)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def is_near(seen: tuple[int, ...], meant: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(seen, meant, strict=True))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def refusal(data: bytes) -> str:
    with pytest.raises(FaceError) as caught:
        prepare_face(data)
    return str(caught.value)


# --- What a person gets ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_becomes_three_jpegs(kind):
    face = prepare_face(encoded(plain(2000, 1500), kind))
    pictures = [opened(data) for data in (face.whole, face.large, face.small)]
    assert [picture.format for picture in pictures] == ["JPEG"] * 3
    assert [picture.size for picture in pictures] == [(1024, 768), (512, 512), (160, 160)]
    assert (face.width, face.height) == (1024, 768)
    assert all(is_near(picture.getpixel((9, 9)), (255, 0, 0)) for picture in pictures)


def test_small_photo_is_not_enlarged():
    face = prepare_face(encoded(plain(200, 120)))
    assert [opened(data).size for data in (face.whole, face.large, face.small)] == [
        (200, 120),
        (120, 120),
        (120, 120),
    ]


@pytest.mark.parametrize(
    ("size", "whole"), [((1, 1), (1, 1)), ((1, 20_000), (1, 1024)), ((20_000, 1), (1024, 1))]
)
def test_photo_of_odd_shape_is_taken(size, whole):
    face = prepare_face(encoded(plain(*size)))
    assert opened(face.whole).size == whole
    assert opened(face.small).size == (1, 1)


def test_photo_is_shrunk_without_seams():
    """Large photos are reduced strip by strip: a ramp from top to bottom must stay a ramp."""
    ramp = Image.linear_gradient("L").resize((3000, 4096)).convert("RGB")
    whole = opened(prepare_face(encoded(ramp)).whole)
    seen = [whole.getpixel((300, y))[0] for y in range(whole.height)]
    meant = [y * 255 / (whole.height - 1) for y in range(whole.height)]
    assert max(abs(one - other) for one, other in zip(seen, meant, strict=True)) <= 3


STRIPES = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def striped(kind: str = "PNG") -> bytes:
    picture = Image.new("RGB", (900, 300))
    for number, colour in enumerate(STRIPES):
        picture.paste(colour, (300 * number, 0, 300 * number + 300, 300))
    return encoded(picture, kind)


@pytest.mark.parametrize(
    ("focus", "colour"),
    [
        ((1 / 6, 0.5), STRIPES[0]),
        ((0.5, 0.5), STRIPES[1]),
        ((5 / 6, 0.5), STRIPES[2]),
        ((0.0, 0.0), STRIPES[0]),
        ((1.0, 1.0), STRIPES[2]),
        ((-7.0, 99.0), STRIPES[0]),
        ((float("inf"), float("nan")), STRIPES[2]),
    ],
)
def test_square_lies_round_the_focus_and_inside_the_picture(focus, colour):
    face = prepare_face(striped(), focus=focus)
    large = opened(face.large)
    assert large.size == (300, 300)
    assert all(is_near(large.getpixel(at), colour) for at in [(4, 4), (150, 150), (295, 295)])


def test_point_dragged_later_gives_what_it_would_have_given_at_first():
    first = prepare_face(striped(), focus=(0.9, 0.5))
    later = crop_face(prepare_face(striped()).whole, (0.9, 0.5))
    assert later == (first.large, first.small)


@pytest.mark.shared
def test_real_portraits_are_taken(shared):
    """Sixty official portraits, as address books hold them."""
    card = (shared / "data/people/people.vcf").read_text().replace("\n ", "")
    portraits = [b64decode(found) for found in re.findall(r"^PHOTO[^:]*:(?:.*,)?(.*)$", card, re.M)]
    assert len(portraits) == 60
    for portrait in portraits:
        face = prepare_face(portrait)
        assert (face.width, face.height) == opened(portrait).size


def test_photo_of_several_pictures_is_taken_as_its_first():
    """Phones append a second picture (depth, a wider view) to a JPEG: the MPO format."""
    data = encoded(plain(), "MPO", save_all=True, append_images=[plain(60, 40, "blue")])
    assert opened(data).format == "MPO"
    whole = opened(prepare_face(data).whole)
    assert whole.size == (300, 200)
    assert is_near(whole.getpixel((5, 5)), (255, 0, 0))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animated_file_is_taken_as_its_first_frame(kind):
    frames = [plain(60, 40, colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert opened(data).n_frames == 3
    assert is_near(opened(prepare_face(data).whole).getpixel((5, 5)), (255, 0, 0))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_transparent_parts_become_white(kind):
    picture = plain(400, 400, (255, 0, 0, 255), "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 200, 400))
    whole = opened(prepare_face(encoded(picture, kind, quality=100)).whole)
    assert is_near(whole.getpixel((50, 200)), (255, 255, 255))
    assert is_near(whole.getpixel((350, 200)), (255, 0, 0))


def palette_picture() -> Image.Image:
    picture = plain(50, 50, "red").convert("P", palette=Image.Palette.ADAPTIVE)
    picture.info["transparency"] = 255
    return picture


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (encoded(plain(50, 50, 128, "L"), "PNG"), (128,) * 3),
        (encoded(plain(50, 50, 1, "1"), "PNG"), (255,) * 3),
        (encoded(plain(50, 50, 128 * 256, "I;16"), "PNG"), (128,) * 3),
        (encoded(plain(50, 50, (128, 255), "LA"), "PNG"), (128,) * 3),
        (encoded(palette_picture(), "PNG"), (255, 0, 0)),
        (encoded(plain(50, 50, (0, 255, 255, 0), "CMYK"), "JPEG"), (255, 0, 0)),
        (encoded(plain(50, 50, 128, "L"), "JPEG"), (128,) * 3),
        (encoded(plain(50, 50, 128, "L"), "HEIF", quality=100), (128,) * 3),
        (encoded(plain(50, 50, 128 * 256, "I;16"), "HEIF", quality=100), (128,) * 3),
        (
            png_header(2, 2, 16, 2)
            + chunk(b"IDAT", zlib.compress((b"\0" + b"\xff\xff\0\0\0\0" * 2) * 2))
            + chunk(b"IEND", b""),
            (255, 0, 0),
        ),
    ],
    ids=[
        "grey",
        "bits",
        "grey16",
        "grey-alpha",
        "palette",
        "cmyk",
        "grey-jpeg",
        "grey-heic",
        "grey16-heic",
        "rgb16",
    ],
)
def test_colours_survive_every_mode(data, colour):
    whole = opened(prepare_face(data).whole)
    assert whole.mode == "RGB"
    assert is_near(whole.getpixel((1, 1)), colour)


def test_colours_of_another_profile_are_brought_to_srgb():
    """A profile that swaps nothing but gamma: linear light 0.5 looks like 188 in sRGB."""
    linear = linear_rgb_profile()
    face = prepare_face(encoded(plain(50, 50, (128, 128, 128)), "PNG", icc_profile=linear))
    assert is_near(opened(face.whole).getpixel((9, 9)), (188, 188, 188))


def linear_rgb_profile() -> bytes:
    """sRGB with its curves made straight (an empty ``curv`` is the identity)."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    for number in range(count):
        name, offset, _ = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[offset : offset + 12] = b"curv" + bytes(8)
    return bytes(data)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 200, linear_rgb_profile()[:150]])
def test_broken_profile_does_not_refuse_a_face(profile):
    face = prepare_face(encoded(plain(50, 50), "PNG", icc_profile=profile))
    assert is_near(opened(face.whole).getpixel((9, 9)), (255, 0, 0))


# --- Upright -------------------------------------------------------------------------------------

# EXIF 2.3, tag 274: which visual side the stored first row and first column are.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
OPPOSITE = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
CORNERS = {
    frozenset({"top", "left"}): (255, 0, 0),
    frozenset({"top", "right"}): (0, 255, 0),
    frozenset({"bottom", "left"}): (0, 0, 255),
    frozenset({"bottom", "right"}): (255, 255, 255),
}


def stored_sideways(orientation: int) -> Image.Image:
    """A picture of 240 x 160 with four coloured corners, as a turned camera stores it."""
    row, column = SIDES[orientation]
    width, height = (240, 160) if row in ("top", "bottom") else (160, 240)
    picture = Image.new("RGB", (width, height))
    for y, side in enumerate((row, OPPOSITE[row])):
        for x, other in enumerate((column, OPPOSITE[column])):
            box = (x * width // 2, y * height // 2, (x + 1) * width // 2, (y + 1) * height // 2)
            picture.paste(CORNERS[frozenset({side, other})], box)
    return picture


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", SIDES)
def test_photo_is_turned_upright(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(stored_sideways(orientation), kind, exif=exif.tobytes())
    whole = opened(prepare_face(data).whole)
    assert whole.size == (240, 160)
    seen = [whole.getpixel(at) for at in [(40, 40), (200, 40), (40, 120), (200, 120)]]
    assert all(map(is_near, seen, CORNERS.values())), seen


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientation_without_meaning_is_ignored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    whole = prepare_face(encoded(plain(30, 20), "JPEG", exif=exif.tobytes())).whole
    assert opened(whole).size == (30, 20)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0\0" * 9])
def test_broken_exif_is_ignored(exif):
    data = encoded(plain(30, 20), "JPEG")
    data = data[:2] + segment(0xE1, exif) + data[2:]
    assert opened(prepare_face(data).whole).size == (30, 20)


# --- Nothing but the face ------------------------------------------------------------------------

SECRET = "Tell-tale-51.5007N"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{SECRET}</rdf:RDF></x:xmpmeta>'.encode()


def told_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (51.0, 30.0, 2.52)
    place[3], place[4] = "W", (0.0, 7.0, 28.6)
    return exif.tobytes()


def told(kind: str) -> bytes:
    profile = linear_rgb_profile().replace(b"sRGB", SECRET[:4].encode())
    options: dict[str, object] = {"exif": told_exif(), "icc_profile": profile, "xmp": XMP}
    if kind == "JPEG":
        options["comment"] = SECRET.encode()
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET)
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    return encoded(plain(300, 200), kind, **options)


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_of_the_file_but_its_pixels_is_kept(kind):
    data = told(kind)
    before = opened(data)
    assert dict(before.getexif().get_ifd(0x8825))[1] == "N", "the photo must tell a place at first"
    assert before.info["icc_profile"]
    face = prepare_face(data + b"<script>" + SECRET.encode())
    for made in (face.whole, face.large, face.small):
        assert not any(hint in made for hint in (b"Exif", b"ICC", b"http", b"xmp", b"script"))
        assert SECRET[:4].encode() not in made
        after = opened(made)
        assert dict(after.getexif()) == {}
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(after.info)


@pytest.mark.parametrize("kind", FORMATS)
def test_output_holds_only_the_segments_a_picture_needs(kind):
    face = prepare_face(told(kind))
    for made in (face.whole, face.large, face.small):
        # JFIF, quantization, frame, Huffman tables, scans, end: no APP1 and so on, no comment.
        assert set(markers(made)) == {0xE0, 0xDB, 0xC2, 0xC4, 0xDA, 0xD9}
        assert made.endswith(b"\xff\xd9")


def markers(jpeg: bytes) -> list[int]:
    found, position = [], 2
    while position < len(jpeg):
        if jpeg[position] != 0xFF or jpeg[position + 1] in (0, *range(0xD0, 0xD8)):
            position += 1
            continue
        found.append(jpeg[position + 1])
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4])
    return found


# --- Too large -----------------------------------------------------------------------------------


def test_file_of_too_many_bytes_is_refused():
    data = encoded(plain(), "JPEG")
    assert prepare_face(data.ljust(MAX_BYTES, b"\0")).width == 300
    assert refusal(data.ljust(MAX_BYTES + 1, b"\0")) == (
        "This photo has 9 MB; the limit is 8 MB. Please choose a smaller one."
    )


@pytest.mark.parametrize(
    ("make", "megapixels", "limit"),
    [
        (lambda: png_claiming(5000, 5001), 26, 25),
        (lambda: png_claiming(9000, 9000), 81, 25),
        (lambda: png_claiming(10_000, 10_000), 100, 25),
        (lambda: png_claiming(16_320, 12_240), 200, 25),
        (lambda: png_claiming(1, 1_000_000_000), 1000, 25),
        (lambda: jpeg_claiming(16_320, 12_240), 200, 25),
        (lambda: jpeg_claiming(9300, 7000), 66, 64),
        (lambda: jpeg_claiming(6000, 5000, progressive=True), 30, 25),
        (lambda: jpeg_claiming(60_000, 500), 30, 25),
        (lambda: webp_claiming(4000, 3001), 13, 12),
        (lambda: heic_claiming(8064, 6048), 49, 25),
    ],
    ids=[
        "25",
        "81",
        "100",
        "200",
        "thin",
        "jpeg-200",
        "jpeg-66",
        "progressive",
        "jpeg-long",
        "webp",
        "heic-48",
    ],
)
def test_photo_of_too_many_pixels_is_refused_by_its_header(make, megapixels, limit):
    data = make()
    assert len(data) < 20_000
    assert refusal(data) == (
        f"This photo has {megapixels} megapixels; the limit is {limit}. "
        "Please choose a smaller one."
    )


def png_claiming(width: int, height: int) -> bytes:
    return png_header(width, height) + chunk(b"IDAT", zlib.compress(bytes(1000)))


def jpeg_claiming(width: int, height: int, **options: object) -> bytes:
    data = bytearray(encoded(plain(16, 16), "JPEG", **options))
    frame = data.index(b"\xff\xc2" if options else b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    frames = [plain(16, 16), plain(16, 16, "blue")]
    data = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def heic_claiming(width: int, height: int) -> bytes:
    data = encoded(plain(64, 64), "HEIF")
    return data.replace(struct.pack(">II", 64, 64), struct.pack(">II", width, height))


def test_phone_jpeg_of_48_megapixels_is_decoded_at_a_fraction():
    face = prepare_face(encoded(plain(8064, 6048), "JPEG"))
    assert (face.width, face.height) == (1024, 768)


def test_jpeg_of_thousands_of_scans_is_refused():
    """A scan costs a few bytes to write and a pass over the whole picture to read."""
    data = encoded(plain(64, 64), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert prepare_face(data[:-2] + last * 40 + data[-2:]).width == 64
    assert refusal(data[:-2] + last * 80 + data[-2:]) == DAMAGED


def test_jpeg_of_thousands_of_segments_is_refused():
    data = encoded(plain(64, 64), "JPEG")
    assert refusal(data[:2] + segment(0xFE, b"") * 20_000 + data[2:]) == DAMAGED


def test_jpeg_with_a_film_behind_it_is_taken():
    """Motion photos: chance bytes of the film that look like scans are not counted."""
    assert prepare_face(encoded(plain(), "JPEG") + b"\xff\xda" * 500).width == 300


MEASURE = """
import re, resource, sys
from pathlib import Path
from contacts.faces import FaceError, prepare_face
data = Path(sys.argv[1]).read_bytes()
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
before = peak()
try:
    prepare_face(data)
    said = "taken"
except FaceError as error:
    said = str(error)
print(before, peak(), resource.getrusage(resource.RUSAGE_SELF).ru_utime, said, sep="|")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: encoded(plain(5000, 5000, (9, 9, 9, 9), "RGBA"), "PNG"), "taken"),
        (lambda: encoded(plain(5000, 5000), "JPEG", progressive=True, subsampling=0), "taken"),
        (lambda: encoded(plain(8000, 8000), "JPEG"), "taken"),
        (lambda: encoded(plain(4000, 3000, (9, 9, 9, 9), "RGBA"), "WEBP", method=0), "taken"),
    ],
    ids=["png-25", "progressive-25", "jpeg-64", "webp-12"],
)
def test_largest_photos_take_under_256_megabytes_and_2_seconds(make, said, tmp_path):
    _, peak, seconds, answer = measured(make(), tmp_path)
    assert (answer, peak < 256, seconds < 2) == (said, True, True), (peak, seconds)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_bomb_of_10_kilobytes_is_refused_before_it_is_decoded(tmp_path):
    bomb = encoded(plain(9000, 9000, 0, "1"), "PNG")
    assert len(bomb) < 11_000
    before, peak, _, answer = measured(bomb, tmp_path)
    assert answer.startswith("This photo has 81 megapixels; the limit is 25.")
    assert peak - before < 10


def measured(data: bytes, folder: Path) -> tuple[int, int, float, str]:
    """Megabytes before and at the peak, seconds of processor, and the answer, in a new process."""
    path = folder / "photo"
    path.write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    before, peak, seconds, said = run.stdout.strip().split("|")
    return int(before), int(peak), float(seconds), said


# --- Hostile files -------------------------------------------------------------------------------


def gif(frames: int) -> bytes:
    pictures = [plain(4, 4, colour).convert("P") for colour in ("red", "blue")] * (frames // 2)
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:], loop=0)


def tiff_loop() -> bytes:
    """An image file directory whose next one is itself."""
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 256, 3, 1, 1, 8)


NOT_PHOTOS: dict[str, Callable[[], bytes] | bytes] = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg-xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "javascript": b"alert(1)//",
    "text": b"just words",
    "one byte": b"\xff",
    "zeros": bytes(5000),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n",
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n",
    "pdf before jpeg": lambda: b"%PDF-1.4\n" + encoded(plain(), "JPEG"),
    "html before png": lambda: b"<html>" + encoded(plain(), "PNG"),
    "zip": b"PK\x03\x04" + bytes(60),
    "gif": lambda: encoded(plain(), "GIF"),
    "gif animated": lambda: gif(20),
    "gif script": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
    "bmp": lambda: encoded(plain(), "BMP"),
    "tiff": lambda: encoded(plain(), "TIFF"),
    "tiff loop": tiff_loop,
    "ico": lambda: encoded(plain(64, 64), "ICO"),
    "icns": b"icns" + bytes(60),
    "psd": b"8BPS\0\1" + bytes(60),
    "ppm": b"P6 99999 99999 255\n",
    "xbm": b"#define x_width 1\n#define x_height 1\nstatic char x_bits[] = {0};",
    "tga": lambda: encoded(plain(), "TGA"),
    "jpeg2000": lambda: encoded(plain(), "JPEG2000"),
    "avif": lambda: encoded(plain(), "AVIF"),
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(60),
    "heic brand alone": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "heic empty meta": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x0cmeta" + bytes(4),
    "jpeg start alone": b"\xff\xd8\xff",
    "jpeg end at once": b"\xff\xd8\xff\xd9",
    "png signature alone": b"\x89PNG\r\n\x1a\n",
    "png no header": b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    "riff no webp": b"RIFF\x10\0\0\0WAVEfmt " + bytes(60),
    "webp unknown": b"RIFF\x10\0\0\0WEBPXXXX" + bytes(60),
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_file_that_is_no_photo_is_refused(name):
    made = NOT_PHOTOS[name]
    assert refusal(made if isinstance(made, bytes) else made()) == NOT_A_PHOTO


def test_empty_file_is_refused():
    assert refusal(b"") == "This file is empty. Please choose the photo again."


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_photo_is_refused(kind):
    noise = Image.effect_noise((200, 200), 60).convert("RGB")
    data = encoded(noise, kind)
    for share in (0.3, 0.5, 0.8):
        assert refusal(data[: int(len(data) * share)]) in (DAMAGED, NOT_A_PHOTO)


BROKEN: dict[str, Callable[[], bytes]] = {
    "png no data": lambda: png_header(9, 9) + chunk(b"IEND", b""),
    "png rubbish data": lambda: png_header(9, 9) + chunk(b"IDAT", b"rubbish") + chunk(b"IEND", b""),
    "png short data": lambda: png_header(99, 99) + chunk(b"IDAT", zlib.compress(b"\0" * 99)),
    "png no size": lambda: png_header(0, 9) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
    "png negative size": lambda: png_header(0x80000001, 1),
    "png depth 3": lambda: png_header(9, 9, 3),
    "png colour 9": lambda: png_header(9, 9, 8, 9),
    "png huge chunk": lambda: png_header(9, 9) + b"\xff\xff\xff\xffIDAT",
    "png wrong check sum": lambda: encoded(plain()).replace(b"IDAT", b"IDAT\0"),
    "png text bomb": lambda: (
        png_header(9, 9) + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**6))) * 100
    ),
    "png profile bomb": lambda: (
        png_header(9, 9) + chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(10**7)))
    ),
    "jpeg no size": lambda: jpeg_claiming(0, 0),
    "jpeg two frames": lambda: (
        lambda data: data[:2] + data[data.index(b"\xff\xc0") :][:19] + data[2:]
    )(encoded(plain(), "JPEG")),
    "webp claims more": lambda: encoded(plain(), "WEBP")[:40],
    "heic lies small": lambda: (
        lambda data: data.replace(struct.pack(">II", 640, 640), struct.pack(">II", 9, 9))
    )(encoded(plain(640, 640), "HEIF")),
    "heic lies large": lambda: heic_claiming(4000, 4000),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_photo_is_refused_with_a_sentence(name):
    assert refusal(BROKEN[name]()).startswith("This ")


@pytest.mark.parametrize("kind", FORMATS)
def test_polyglot_loses_all_but_its_picture(kind):
    """GIF, HTML, PDF or a program hidden behind a real picture."""
    for hidden in (b"<script>alert(1)</script>", b"%PDF-1.4", b"PK\x03\x04", b"GIF89a", b"MZ"):
        face = prepare_face(encoded(plain(), kind) + hidden * 50)
        assert not any(hidden * 2 in made for made in (face.whole, face.large, face.small))


def test_jpeg_hiding_html_in_a_comment_is_cleaned():
    data = encoded(plain(), "JPEG")
    data = data[:2] + segment(0xFE, b"--><script>alert(1)</script><!--") + data[2:]
    assert b"script" not in prepare_face(data).whole


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff\xd9"])
def test_crop_of_a_broken_file_is_a_face_error(data):
    with pytest.raises(FaceError):
        crop_face(data, (0.5, 0.5))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", FORMATS)
def test_mutants_raise_nothing_but_face_errors(kind):
    chance = random.Random(f"mutants of {kind}")
    seed = told(kind)
    for _ in range(60):
        data = bytearray(seed)
        for _ in range(chance.choice((1, 3, 20))):
            # Most of what can go wrong is in the header, not in the pixels.
            place = min(int(chance.expovariate(3) * len(data)), len(data) - 1)
            match chance.randrange(4):
                case 0:
                    data[place] = chance.randrange(256)
                case 1:
                    del data[place : place + chance.randrange(1, 9)]
                case 2:
                    data[place:place] = chance.randbytes(chance.randrange(1, 9))
                case _:
                    data[place : place + 4] = chance.choice((b"\xff" * 4, bytes(4), b"\x7f" * 4))
            data = data or bytearray(seed)
        try:
            face = prepare_face(bytes(data))
        except FaceError as error:
            assert str(error).startswith("This ")  # noqa: PT017
        else:
            assert face.width <= 1024
