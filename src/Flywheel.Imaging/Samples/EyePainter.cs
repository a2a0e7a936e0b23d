using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flywheel.Imaging.Samples;

/// <summary>
/// Draws one eye, pixel by pixel, in coordinates where the eye's corners lie at (−1, 0) and (1, 0), y down. Only +, −, ×, ÷ and square
/// roots are used, which IEEE 754 fixes to the bit: a seed gives the same bytes on every machine.
/// </summary>
ref struct EyePainter
{
    readonly EyeSubject _s;
    readonly EyeConditions _c;
    readonly int _size;
    readonly float _opening;
    readonly float _mirror;
    readonly float _extent;
    readonly Vector2 _shift;
    readonly float _cos;
    readonly float _sin;
    readonly Vector2 _gaze;
    readonly float _pupil;
    readonly Vector2 _catch;
    readonly Vector2 _light;
    readonly uint _noise;
    readonly float _pixel;
    readonly Vector2 _frameShift;
    readonly Span<float> _lash;

    public EyePainter(EyeSubject subject, EyeConditions conditions, EyeDomain domain, int size, Span<float> lashMask, ref SampleRandom r)
    {
        _s = subject;
        _c = conditions;
        _size = size;
        _opening = (float)conditions.Opening;
        _mirror = r.Chance(0.5) ? -1 : 1;
        _extent = r.Range(domain.MinExtent, domain.MaxExtent);
        _shift = new Vector2(r.Range(-1, 1), r.Range(-1, 1)) * (float)domain.MaxShift;
        _shift.Y += 0.12f; // crops hold more brow than cheek
        // Small angles: the rotation's tangent of the half angle serves as the parameter.
        var half = r.Range(-1, 1) * (float)(domain.MaxRotation / 57.29578 / 2);
        _cos = (1 - half * half) / (1 + half * half);
        _sin = 2 * half / (1 + half * half);
        _gaze = new Vector2(r.Range(-0.28, 0.28), r.Range(-0.06, 0.10) + (1 - _opening) * 0.12f);
        _pupil = r.Range(0.32, 0.52);
        _catch = new Vector2(r.Range(-0.16, 0.16), r.Range(-0.20, -0.05));
        _light = new Vector2(r.Range(-1, 1), r.Range(-1, 0.2));
        _noise = (uint)r.NextBits();
        _pixel = 2 * _extent / size;
        _frameShift = new Vector2(r.Range(-0.12, 0.12), r.Range(-0.05, 0.18));
        _lash = lashMask[..(size * size)];
        _lash.Clear();
    }

    /// <summary>Paints into interleaved RGB floats, 0..1.</summary>
    public readonly void Paint(Span<float> rgb, ref SampleRandom r)
    {
        DrawLashes(ref r);
        Span<Glare> glares = stackalloc Glare[3];
        var glareCount = PlaceGlare(glares, ref r);
        float level = 1, lift = 0, side = 0.10f, haze = 0;
        switch (_c.Light)
        {
            case "dim": level = r.Range(0.38, 0.6); break;
            case "night": level = r.Range(0.05, 0.12); break;
            case "side": side = r.Range(0.35, 0.55) * (r.Chance(0.5) ? 1 : -1); break;
            case "backlit": level = r.Range(0.32, 0.5); lift = r.Range(0.06, 0.20); haze = r.Range(0.15, 0.4); break;
            default: level = r.Range(0.88, 1.06); break;
        }
        var hazeFrom = r.Chance(0.5) ? 1f : -1f;

        for (int y = 0, o = 0; y < _size; y++)
            for (var x = 0; x < _size; x++, o += 3)
            {
                var at = ToEye(x + 0.5f, y + 0.5f);
                var color = Face(at);
                var lash = _lash[y * _size + x];
                color = Mix(color, _s.Hair * 0.45f, Math.Min(lash, 1) * 0.9f);
                if (_c.Glasses != "none") color = Glasses(color, at);
                float u = (x + 0.5f) / _size * 2 - 1, v = (y + 0.5f) / _size * 2 - 1;
                color *= Math.Max(0.1f, 1 + side * u * 1.1f - 0.05f * v) * level;
                if (haze > 0) color += new Vector3(lift + haze * Sq(Math.Clamp(0.5f + 0.5f * hazeFrom * u - 0.3f * v, 0, 1)));
                for (var g = 0; g < glareCount; g++) color = glares[g].Apply(color, at);
                rgb[o] = color.X;
                rgb[o + 1] = color.Y;
                rgb[o + 2] = color.Z;
            }
    }

    readonly Vector2 ToEye(float px, float py)
    {
        float x = px * _pixel - _extent - _shift.X, y = py * _pixel - _extent - _shift.Y;
        return new Vector2((x * _cos + y * _sin) * _mirror, y * _cos - x * _sin);
    }

    readonly Vector2 ToPixel(Vector2 at)
    {
        float x = at.X * _mirror, y = at.Y;
        return new Vector2((x * _cos - y * _sin + _shift.X + _extent) / _pixel, (x * _sin + y * _cos + _shift.Y + _extent) / _pixel);
    }

    /// <summary>1 in the middle of the eye, 0 at its corners and beyond; the peak leans by the subject's skew.</summary>
    readonly float Arch(float x)
    {
        x = Math.Clamp(x, -1, 1);
        var t = x - _s.Skew * (1 - x * x);
        var q = t * t;
        return Math.Max(0, (1 - q) * (1 + 0.25f * q));
    }

    readonly float Corner(float x) => -_s.Tilt * x;

    readonly float UpperOpen(float x) => Corner(x) - _s.UpperHeight * Arch(x);

    readonly float LowerOpen(float x) => Corner(x) + _s.LowerHeight * Arch(x);

    /// <summary>The line where shut lids meet lies low: the upper lid does most of the way.</summary>
    readonly float Shut(float x) => Corner(x) + _s.LowerHeight * 0.8f * Arch(x);

    readonly float Upper(float x) => Mix(Shut(x), UpperOpen(x), _opening);

    readonly float Lower(float x) => Mix(Shut(x), LowerOpen(x), Math.Min(1, 0.25f + _opening));

    readonly Vector3 Face(Vector2 p)
    {
        var arch = Arch(p.X);
        float upper = Upper(p.X), lower = Lower(p.X);
        var color = Skin(p, arch, upper);

        // The ball, where the lids leave it free.
        var free = Cover(p.Y - upper) * Cover(lower - p.Y) * Cover((1 - Math.Abs(p.X)) * 2);
        if (free > 0) color = Mix(color, Ball(p, upper, lower), free);

        // Lid margins: the upper one dark with lashes and liner, the lower one faint.
        var inside = Smooth(1.12f, 0.92f, Math.Abs(p.X - 0.03f));
        var thick = (0.030f + _s.LinerWidth) * (0.35f + 0.65f * arch) + 0.5f * _pixel;
        color = Mix(color, _s.Hair * 0.55f, inside * 0.85f * Band(p.Y - upper + thick * 0.4f, thick));
        var thin = 0.018f + 0.4f * _pixel;
        color = Mix(color, _s.Skin * 0.55f, inside * 0.4f * Band(p.Y - lower - thin * 0.5f, thin));
        return color;
    }

    readonly Vector3 Skin(Vector2 p, float arch, float upper)
    {
        var t = _s.Texture;
        var grain = 0.05f * (Noise(p * 3.1f, t) - 0.5f) + 0.045f * (Noise(p * 11f, t + 1) - 0.5f) + 0.05f * (Noise(p * 29f, t + 2) - 0.5f);
        var shade = 1 + grain + 0.07f * (_light.X * p.X + _light.Y * p.Y);
        // Socket: darker towards the nose and under the brow.
        shade -= 0.20f * Bell((p.X + 1.25f) / 0.55f) * Bell((p.Y + 0.15f) / 0.6f);
        shade -= 0.13f * Bell((p.Y + 0.72f) / 0.28f) * Bell(p.X / 1.5f);
        // The lid bulges over the ball and catches light, the more of it shows the more the eye is shut.
        var lidMiddle = (upper + Corner(p.X) - _s.UpperHeight - _s.Fold) / 2;
        shade += (0.05f + 0.08f * (1 - _opening)) * Bell(p.X / 0.6f) * Bell((p.Y - lidMiddle) / 0.22f);
        // Fold of the upper lid, the bag under the eye.
        var within = Smooth(1.25f, 0.8f, Math.Abs(p.X));
        var fold = Corner(p.X) - (_s.UpperHeight + _s.Fold) * (0.35f + 0.65f * arch) + 0.10f * (1 - _opening);
        shade -= within * _s.FoldStrength * (0.45f + 0.55f * _opening) * 0.7f * Bell((p.Y - fold) / (0.045f + 0.5f * _pixel));
        var bag = Corner(p.X) + _s.LowerHeight * 0.9f + 0.22f * arch;
        shade -= within * _s.Bag * Bell((p.Y - bag) / 0.09f);
        if (_s.Freckles > 0)
        {
            var spot = Noise(p * 8.3f, t + 5);
            if (spot > 0.82f) shade -= _s.Freckles * (spot - 0.82f) * 5;
        }
        var color = _s.Skin * shade;
        // Blood shows at the rim.
        var rim = Bell((p.Y - upper) / 0.16f) * within;
        color -= new Vector3(0.02f, 0.05f, 0.045f) * rim;

        var brow = _s.BrowY + 0.16f * p.X * p.X - 0.10f * p.X;
        var width = _s.BrowThickness * Smooth(1.6f, 0.6f, Math.Abs(p.X - 0.1f)) + 0.01f;
        var near = Smooth(1, 0.35f, Math.Abs(p.Y - brow) / width);
        if (near <= 0) return color;
        var hairs = 0.35f + 0.65f * Noise(new Vector2(p.X * 18 + p.Y * 12, p.Y * 5), t + 7);
        return Mix(color, _s.Hair, Math.Clamp(_s.BrowStrength * hairs * near * 1.2f, 0, 0.95f));
    }

    readonly Vector3 Ball(Vector2 p, float upper, float lower)
    {
        // White of the eye: never quite white, red towards the corners, round.
        var white = new Vector3(0.90f, 0.87f, 0.85f) * (0.45f + 0.55f * Math.Clamp(_s.Skin.X * 1.1f, 0, 1));
        var edge = p.X * p.X;
        var color = white * (1 - 0.28f * edge) - new Vector3(0, 0.10f, 0.09f) * edge * edge;
        color += new Vector3(0.03f * (Noise(p * 14, _noise) - 0.5f));
        if (p.X < -0.78f) color = Mix(color, new Vector3(0.72f, 0.42f, 0.38f), Smooth(-0.78f, -0.95f, p.X) * 0.7f); // caruncle

        var centre = new Vector2(_gaze.X, _gaze.Y - 0.06f);
        var d = p - centre;
        var distance = Length(d);
        var radius = _s.IrisRadius;
        var iris = Cover(radius - distance);
        if (iris > 0)
        {
            var q = distance / radius;
            var spoke = distance > 1e-4f ? Noise(d / distance * 9 + new Vector2(distance * 2), _s.Texture + 11) : 0.5f;
            var tint = _s.Iris * (0.75f + 0.55f * spoke) * (1.15f - 0.35f * q);
            tint += _s.Iris * 0.35f * Math.Clamp(d.Y / radius, 0, 1); // light gathers opposite the lamp
            tint *= 1 - 0.65f * Smooth(0.80f, 1.0f, q); // limbal ring
            var pupil = Cover(_pupil * radius - distance);
            tint = Mix(tint, new Vector3(0.03f), pupil);
            color = Mix(color, tint, iris);
        }

        // The upper lid throws a shadow; a narrow slit lies wholly in it.
        var gap = Math.Max(lower - upper, 1e-3f);
        color *= 0.42f + 0.58f * Smooth(0, 0.26f, p.Y - upper) * Math.Clamp(gap / 0.22f, 0.35f, 1);
        var spark = Length(p - centre - _catch);
        color = Mix(color, new Vector3(0.98f), 0.95f * Cover(0.065f + 0.3f * _pixel - spark) * Smooth(0.06f, 0.20f, gap));
        return color;
    }

    readonly Vector3 Glasses(Vector3 color, Vector2 p)
    {
        var q = new Vector2(Math.Abs(p.X - _frameShift.X), Math.Abs(p.Y - _frameShift.Y)) - _s.FrameHalf + new Vector2(_s.FrameRound);
        var outside = Length(Vector2.Max(q, Vector2.Zero)) + Math.Min(Math.Max(q.X, q.Y), 0) - _s.FrameRound;
        var thick = _c.Glasses == "thick" ? 0.11f : 0.045f;
        if (outside < 0) color = color * 0.95f + new Vector3(0.012f, 0.014f, 0.018f); // the lens itself
        var shadow = Bell((outside - thick * 0.5f) / (thick + 0.08f)) * 0.22f;
        color *= 1 - shadow;
        var frame = Cover(thick - Math.Abs(outside));
        var shine = 1 + 0.9f * Bell((outside + thick * 0.35f) / (thick * 0.3f)) * Math.Clamp(-p.Y, 0, 1);
        return Mix(color, _s.FrameColor * shine, frame);
    }

    struct Glare
    {
        public Vector2 Centre, Axis, Half;
        public float Strength, Soft;
        public Vector3 Tint;

        public readonly Vector3 Apply(Vector3 color, Vector2 p)
        {
            var d = p - Centre;
            float a = Math.Abs(d.X * Axis.X + d.Y * Axis.Y) / Half.X, b = Math.Abs(d.Y * Axis.X - d.X * Axis.Y) / Half.Y;
            var m = Smooth(1, 1 - Soft, a) * Smooth(1, 1 - Soft, b) * Strength;
            return m <= 0 ? color : Mix(color, Tint, m);
        }
    }

    readonly int PlaceGlare(Span<Glare> glares, ref SampleRandom r)
    {
        if (_c.Glare <= 0) return 0;
        var count = 1 + r.Below(glares.Length);
        for (var i = 0; i < count; i++)
        {
            var slope = r.Range(-0.6, 0.6);
            var norm = 1 / MathF.Sqrt(1 + slope * slope);
            var streak = r.Chance(0.35);
            glares[i] = new Glare
            {
                Centre = new Vector2(r.Range(-0.9, 0.9), r.Range(-0.55, 0.5)),
                Axis = new Vector2(norm, slope * norm),
                Half = streak ? new Vector2(r.Range(0.8, 1.6), r.Range(0.06, 0.16)) : new Vector2(r.Range(0.18, 0.6), r.Range(0.14, 0.38)),
                Soft = r.Range(0.25, 0.9),
                Strength = (float)_c.Glare * (i == 0 ? 1 : r.Range(0.3, 0.9)),
                Tint = r.Chance(0.3) ? new Vector3(0.80f, 0.95f, 0.90f) : new Vector3(0.97f, 0.97f, 1.0f),
            };
        }
        return count;
    }

    /// <summary>Lashes as tapering strokes: up and outwards from an open lid, down from a shut one.</summary>
    readonly void DrawLashes(ref SampleRandom r)
    {
        for (var i = 0; i < _s.Lashes; i++)
        {
            var x = -0.75f + 1.72f * (i + r.Range(0.1, 0.9)) / _s.Lashes;
            var root = new Vector2(x, Upper(x));
            var length = _s.LashLength * r.Range(0.6, 1.1) * (0.55f + 0.45f * Math.Clamp(x + 0.7f, 0, 1));
            var lean = 0.55f * x + r.Range(-0.15, 0.15);
            var rise = Mix(1.0f, -0.85f, Smooth(0.12f, 0.55f, _opening));
            var direction = new Vector2(lean, rise + 0.0001f);
            direction /= Length(direction);
            Stroke(root, root + direction * length, 0.016f + 0.18f * _pixel);
        }
    }

    readonly void Stroke(Vector2 from, Vector2 to, float width)
    {
        Vector2 a = ToPixel(from), b = ToPixel(to);
        var w = Math.Max(width / _pixel, 0.35f);
        var strength = Math.Min(1, width / _pixel / 0.35f);
        int x0 = Math.Max(0, (int)(Math.Min(a.X, b.X) - w - 1)), x1 = Math.Min(_size - 1, (int)(Math.Max(a.X, b.X) + w + 1));
        int y0 = Math.Max(0, (int)(Math.Min(a.Y, b.Y) - w - 1)), y1 = Math.Min(_size - 1, (int)(Math.Max(a.Y, b.Y) + w + 1));
        var along = b - a;
        var square = Math.Max(Dot(along, along), 1e-6f);
        for (var y = y0; y <= y1; y++)
            for (var x = x0; x <= x1; x++)
            {
                var p = new Vector2(x + 0.5f, y + 0.5f) - a;
                var t = Math.Clamp(Dot(p, along) / square, 0, 1);
                var cover = Math.Clamp(w * (1.15f - 0.85f * t) - Length(p - along * t) + 0.5f, 0, 1) * strength;
                ref var mask = ref _lash[y * _size + x];
                mask = Math.Max(mask, cover);
            }
    }

    /// <summary>Antialiased inside test of a signed distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly float Cover(float inside) => Math.Clamp(inside / _pixel + 0.5f, 0, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly float Band(float offset, float half) => Math.Clamp((half - Math.Abs(offset)) / Math.Max(_pixel, half * 0.6f) + 0.3f, 0, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Mix(float a, float b, float t) => a + (b - a) * t;

    // The library's own may fuse multiply and add where the processor can, and round differently there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector3 Mix(Vector3 a, Vector3 b, float t) => a + (b - a) * t;

    static float Dot(Vector2 a, Vector2 b) => a.X * b.X + a.Y * b.Y;

    static float Length(Vector2 a) => MathF.Sqrt(Dot(a, a));

    static float Sq(float x) => x * x;

    /// <summary>A bell without exponential: (1 − x²/9)⁴ within |x| &lt; 3, close to exp(−x²/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Bell(float x)
    {
        var t = 1 - x * x / 9;
        if (t <= 0) return 0;
        t *= t;
        return t * t;
    }

    /// <summary>0 at <paramref name="from"/>, 1 at <paramref name="to"/>, smooth between, whichever is larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Smooth(float from, float to, float x)
    {
        var t = Math.Clamp((x - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }

    /// <summary>Value noise in 0..1.</summary>
    static float Noise(Vector2 p, uint seed)
    {
        float fx = MathF.Floor(p.X), fy = MathF.Floor(p.Y);
        int ix = (int)fx, iy = (int)fy;
        float tx = p.X - fx, ty = p.Y - fy;
        tx = tx * tx * (3 - 2 * tx);
        ty = ty * ty * (3 - 2 * ty);
        return Mix(Mix(Hash(ix, iy, seed), Hash(ix + 1, iy, seed), tx), Mix(Hash(ix, iy + 1, seed), Hash(ix + 1, iy + 1, seed), tx), ty);
    }

    static float Hash(int x, int y, uint seed)
    {
        var h = (uint)x * 0x8DA6B343u ^ (uint)y * 0xD8163841u ^ seed * 0xCB1AB31Fu;
        h = (h ^ h >> 15) * 0x2C1B3C6Du;
        h = (h ^ h >> 12) * 0x297A2D39u;
        h ^= h >> 15;
        return (h >> 8) * (1f / (1 << 24));
    }
}
