using System.Numerics;
using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, ICLR 2019) and an exponential moving average of the weights, in one pass over each tensor's memory.
/// The average's decay grows with the steps, (1+n)/(10+n), up to its limit, so that it does not drag the start along; running
/// statistics are averaged too.
/// </summary>
sealed class AveragedAdamW(ConvNet net, float limit, float weightDecay)
{
    const float Epsilon = 1e-8f, Beta2 = 0.999f;

    readonly float[][] _first = [.. Enumerable.Range(0, net.ValueCount).Select(i => net.Learns(i) ? new float[net.Values(i).Length] : [])];
    readonly float[][] _second = [.. Enumerable.Range(0, net.ValueCount).Select(i => net.Learns(i) ? new float[net.Values(i).Length] : [])];
    readonly float[][] _average = net.Copy();
    int _steps;
    double _power1 = 1, _power2 = 1;

    /// <summary>The averaged values.</summary>
    public float[][] Average => _average;

    /// <summary>Moves the weights by their gradients, clears the gradients, and follows with the average.</summary>
    public void Step(float rate, float beta1)
    {
        _steps++;
        _power1 *= beta1;
        _power2 *= Beta2;
        var decay = Math.Min(limit, (1f + _steps) / (10f + _steps));
        var scale = (float)(rate / (1 - _power1));
        var correct = (float)(1 / Math.Sqrt(1 - _power2));
        for (var i = 0; i < net.ValueCount; i++)
        {
            if (net.Learns(i)) Move(net.Values(i), net.Gradients(i), _first[i], _second[i], _average[i], net.Decays(i) ? 1 - rate * weightDecay : 1, scale, correct, beta1, decay);
            else Follow(net.Values(i), _average[i], decay);
        }
    }

    static void Move(Span<float> w, Span<float> g, Span<float> m, Span<float> v, Span<float> a, float keep, float scale, float correct, float beta1, float decay)
    {
        var i = 0;
        var width = Vector<float>.Count;
        Vector<float> b1 = new(beta1), c1 = new(1 - beta1), b2 = new(Beta2), c2 = new(1 - Beta2), eps = new(Epsilon), k = new(keep), s = new(scale), c = new(correct), d = new(decay), e = new(1 - decay);
        for (; i <= w.Length - width; i += width)
        {
            var gi = new Vector<float>(g[i..]);
            var mi = new Vector<float>(m[i..]) * b1 + gi * c1;
            var vi = new Vector<float>(v[i..]) * b2 + gi * gi * c2;
            var wi = new Vector<float>(w[i..]) * k - s * mi / (Vector.SquareRoot(vi) * c + eps);
            mi.CopyTo(m[i..]);
            vi.CopyTo(v[i..]);
            wi.CopyTo(w[i..]);
            (new Vector<float>(a[i..]) * d + wi * e).CopyTo(a[i..]);
        }
        for (; i < w.Length; i++)
        {
            m[i] = m[i] * beta1 + g[i] * (1 - beta1);
            v[i] = v[i] * Beta2 + g[i] * g[i] * (1 - Beta2);
            w[i] = w[i] * keep - scale * m[i] / (MathF.Sqrt(v[i]) * correct + Epsilon);
            a[i] = a[i] * decay + w[i] * (1 - decay);
        }
        g.Clear();
    }

    static void Follow(ReadOnlySpan<float> w, Span<float> a, float decay)
    {
        for (var i = 0; i < w.Length; i++) a[i] = a[i] * decay + w[i] * (1 - decay);
    }
}
