#!/usr/bin/env python3
"""Makes reference/files and reference/expected.json:  python3 make.py   (Pillow 9 or later, numpy)

Pixels, properties and resized pictures come from Pillow and numpy, independently of the code under test.
"""
import base64, json, os, struct, zlib
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "files")
os.makedirs(out, exist_ok=True)
rng = np.random.default_rng(7)
expected = {}


def luma(rgb):
    r, g, b = (rgb[..., i].astype(np.int64) for i in range(3))
    return ((77 * r + 150 * g + 29 * b + 128) >> 8).astype(np.uint8)


def weights(n, m):
    """Rows: outputs. Area averaging when it shrinks, bilinear with half-pixel centres, clamped, when it grows."""
    w = np.zeros((m, n))
    for i in range(m):
        if m <= n:
            lo, hi = i * n / m, (i + 1) * n / m
            for p in range(n):
                w[i, p] = max(0.0, min(hi, p + 1) - max(lo, p)) * m / n
        else:
            c = min(max((i + 0.5) * n / m - 0.5, 0), n - 1)
            a = min(int(c), max(n - 2, 0))
            w[i, a] += 1 - (c - a)
            w[i, min(a + 1, n - 1)] += c - a
    return w


def resize(px, width, height):
    return np.einsum("yh,hwc,xw->yxc", weights(px.shape[0], height), px.astype(float), weights(px.shape[1], width))


def measure(px):
    grey = px.ndim == 2
    y = (px if grey else luma(px)).astype(float)
    h = np.bincount(y.astype(int).ravel(), minlength=256) / y.size
    lap = 4 * y[1:-1, 1:-1] - y[:-2, 1:-1] - y[2:, 1:-1] - y[1:-1, :-2] - y[1:-1, 2:]
    color = 0.0
    if not grey:
        r, g, b = (px[..., i].astype(float) for i in range(3))
        rg, yb = r - g, 0.5 * (r + g) - b
        color = np.sqrt(rg.var() + yb.var()) + 0.3 * np.sqrt(rg.mean() ** 2 + yb.mean() ** 2)
    cells = resize(y[..., None], 9, 8)[..., 0]
    bits = (cells[:, 1:] - cells[:, :-1] > 1e-3).ravel()
    return dict(brightness=y.mean() / 255, contrast=y.std() / 255, sharpness=lap.var(), entropy=float(-(h[h > 0] * np.log2(h[h > 0])).sum()),
                colorfulness=float(color), hash="".join("1" if b else "0" for b in bits))


def expect(name, fmt, px, tolerance=0, exact=True):
    px = np.ascontiguousarray(px)
    if px.ndim == 3 and (px[..., 0] == px[..., 1]).all() and (px[..., 0] == px[..., 2]).all():
        px = px[..., 0]
    e = dict(format=fmt, width=px.shape[1], height=px.shape[0], channels=1 if px.ndim == 2 else 3, tolerance=tolerance,
             pixels=base64.b64encode(px.tobytes()).decode())
    if exact:
        e["measured"] = measure(px)
    expected[name] = e


def smooth(h, w, c):
    y, x = np.mgrid[0:h, 0:w]
    base = np.stack([127 + 90 * np.sin(x / (5 + k) + k) * np.cos(y / (7 - k)) for k in range(c)], -1)
    return np.clip(base + rng.normal(0, 9, base.shape), 0, 255).astype(np.uint8)


def png(path, w, h, depth, ctype, rows):
    def chunk(t, d):
        return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    raw = b"".join(b"\0" + r for r in rows)
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, ctype, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


rgb, grey = smooth(29, 37, 3), smooth(31, 40, 1)[..., 0]
p = lambda n: os.path.join(out, n)

Image.fromarray(rgb).save(p("rgb.png")); expect("rgb.png", "png", rgb)
Image.fromarray(grey).save(p("grey.png")); expect("grey.png", "png", grey)
big = smooth(67, 301, 3); Image.fromarray(big).save(p("wide.png")); expect("wide.png", "png", big)
Image.fromarray(np.stack([grey] * 3, -1)).save(p("grey-as-rgb.png")); expect("grey-as-rgb.png", "png", grey)
flat = np.full((5, 6), 77, np.uint8); Image.fromarray(flat).save(p("flat.png")); expect("flat.png", "png", flat)
one = np.array([[[200, 10, 30]]], np.uint8); Image.fromarray(one).save(p("one-pixel.png")); expect("one-pixel.png", "png", one, exact=False)

g16 = rng.integers(0, 65536, (17, 23)).astype(">u2"); g16[0, :2] = [0, 65535]
png(p("grey16.png"), 23, 17, 16, 0, [r.tobytes() for r in g16]); expect("grey16.png", "png", (g16 >> 8).astype(np.uint8), 1, False)
c16 = rng.integers(0, 65536, (17, 23, 3)).astype(">u2")
png(p("rgb16.png"), 23, 17, 16, 2, [r.tobytes() for r in c16]); expect("rgb16.png", "png", (c16 >> 8).astype(np.uint8), 1, False)
g1 = rng.integers(0, 2, (16, 24)).astype(np.uint8)
png(p("bilevel.png"), 24, 16, 1, 0, [np.packbits(r).tobytes() for r in g1]); expect("bilevel.png", "png", g1 * 255)

pal = Image.fromarray(rgb).quantize(16); pal.save(p("palette.png")); expect("palette.png", "png", np.asarray(pal.convert("RGB")))
alpha = np.linspace(0, 255, rgb.shape[1]).astype(np.uint8)[None].repeat(rgb.shape[0], 0)
rgba = np.dstack([rgb, alpha]); Image.fromarray(rgba).save(p("rgba.png"))
on_white = lambda c, a: np.round((c.astype(float) * a[..., None] + 255.0 * (255 - a[..., None])) / 255).astype(np.uint8)
expect("rgba.png", "png", on_white(rgb, alpha), 1, False)
la = np.dstack([grey, np.linspace(255, 0, grey.shape[0]).astype(np.uint8)[:, None].repeat(grey.shape[1], 1)])
Image.fromarray(la, "LA").save(p("grey-alpha.png")); expect("grey-alpha.png", "png", on_white(grey[..., None], la[..., 1])[..., 0], 1, False)

frames = [Image.fromarray(rgb).quantize(32), Image.fromarray(255 - rgb).quantize(32)]
frames[0].save(p("two-frames.gif"), save_all=True, append_images=frames[1:], duration=50)
expect("two-frames.gif", "gif", np.asarray(Image.open(p("two-frames.gif")).convert("RGB")))
Image.fromarray(rgb).save(p("rgb.bmp")); expect("rgb.bmp", "bmp", rgb)
Image.fromarray(grey).save(p("grey.bmp")); expect("grey.bmp", "bmp", grey)
Image.fromarray(rgb).save(p("lossless.webp"), lossless=True); expect("lossless.webp", "webp", rgb)
soft = smooth(96, 128, 3)
Image.fromarray(soft).save(p("lossy.webp"), quality=90); expect("lossy.webp", "webp", np.asarray(Image.open(p("lossy.webp")).convert("RGB")), 4, False)
Image.fromarray(soft).save(p("rgb.jpg"), quality=92, subsampling=0); expect("rgb.jpg", "jpeg", np.asarray(Image.open(p("rgb.jpg"))), 3, False)
Image.fromarray(soft).save(p("progressive.jpg"), quality=92, subsampling=0, progressive=True); expect("progressive.jpg", "jpeg", np.asarray(Image.open(p("progressive.jpg"))), 3, False)
Image.fromarray(soft[..., 0]).save(p("grey.jpg"), quality=92); expect("grey.jpg", "jpeg", np.asarray(Image.open(p("grey.jpg"))), 1, False)

# A flag whose corners tell the orientation: stored turned, tagged so that it comes back upright.
flag = np.zeros((16, 24, 3), np.uint8); flag[:8, :8] = [250, 20, 20]; flag[:8, 16:] = [20, 250, 20]; flag[8:, :8] = [20, 20, 250]; flag[8:, 8:] = [240, 240, 240]
T = Image.Transpose
stored = {1: [], 2: [T.FLIP_LEFT_RIGHT], 3: [T.ROTATE_180], 4: [T.FLIP_TOP_BOTTOM], 5: [T.TRANSPOSE], 6: [T.ROTATE_90], 7: [T.TRANSVERSE], 8: [T.ROTATE_270]}
for o, ops in stored.items():
    im = Image.fromarray(flag)
    for op in ops:
        im = im.transpose(op)
    ex = Image.Exif(); ex[0x0112] = o
    im.save(p(f"orientation-{o}.jpg"), quality=100, subsampling=0, exif=ex)
    from PIL import ImageOps
    assert np.abs(np.asarray(ImageOps.exif_transpose(Image.open(p(f"orientation-{o}.jpg")))).astype(int) - flag).max() < 12
    expect(f"orientation-{o}.jpg", "jpeg", flag, 12, False)

sizes = [("rgb.png", rgb, 16, 16), ("rgb.png", rgb, 64, 48), ("rgb.png", rgb, 16, 48), ("rgb.png", rgb, 50, 11), ("rgb.png", rgb, 37, 29),
         ("grey.png", grey, 32, 32), ("grey.png", grey, 20, 31), ("grey.png", grey, 41, 33), ("wide.png", big, 9, 8), ("wide.png", big, 64, 64), ("one-pixel.png", one, 4, 3)]
resized = []
for name, px, w, h in sizes:
    v = px[..., None] if px.ndim == 2 else px
    r = np.floor(np.clip(resize(v, w, h), 0, 255) + 0.5).astype(np.uint8)
    resized.append(dict(file=name, width=w, height=h, channels=int(v.shape[2]), pixels=base64.b64encode(np.ascontiguousarray(r.transpose(2, 0, 1)).tobytes()).decode()))

json.dump(dict(files=expected, resized=resized), open(os.path.join(here, "expected.json"), "w"), indent=1)
print(len(expected), "files,", len(resized), "resized")
