"""A photo as it may be kept: decoded and drawn anew, so that nothing but the picture gets through.

Where and with what it was taken (EXIF) is gone, and so is anything hidden in the file.
"""

import io
import threading
import warnings

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8_000_000
MOST_PHOTOS = 3
_MOST_PIXELS = 64_000_000
_LONGEST_SIDE = 2000
_DRAWING = threading.BoundedSemaphore(2)  # a large picture takes 200 MB while it is drawn


class NoPicture(Exception):
    """What came is no picture that can be read; the message says so in Chinese."""


def redrawn(content: bytes) -> bytes:
    """``content`` as a JPEG of at most 2000 pixels a side.

    Raises:
        NoPicture: It is none, or too large to be drawn.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once it is loaded here, lets half a picture through
    try:
        with _DRAWING, warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            warnings.simplefilter("ignore")  # odd metadata is thrown away anyhow
            if picture.width * picture.height > _MOST_PIXELS:
                raise NoPicture("有一张照片的尺寸过大，请缩小后再上传。")
            picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))  # a JPEG is decoded small from the start
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            flat = Image.new("RGB", upright.size, "white")
            shape = upright.convert("RGBA") if upright.mode in ("RGBA", "LA", "PA", "P") else None
            flat.paste(upright.convert("RGB"), mask=shape and shape.getchannel("A"))
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=82, optimize=True)
            return out.getvalue()
    except UnidentifiedImageError:
        raise NoPicture("有一个文件不是能识别的照片。请用 JPG、PNG 或 WebP 格式。") from None
    except NoPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise NoPicture("有一张照片的尺寸过大，请缩小后再上传。") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        # Every way in which Pillow says that a file is broken.
        raise NoPicture("有一张照片已损坏，读不出来。请重新拍一张。") from error
