using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Flywheel.Learning.Networks;

/// <summary>
/// The network of a <see cref="NetworkSpec"/> in Torch. Its values are plain tensors in the order of <see cref="NetworkWeights"/>, whose
/// memory the optimiser and the weight average work on directly.
/// </summary>
sealed class ConvNet : IDisposable
{
    /// <summary>Added to every picture's own deviation before dividing by it, in 0..1 pixels: keeps empty pictures from becoming noise, and lets pale infrared and contrasty daylight pictures meet.</summary>
    public const float DeviationFloor = 0.005f;

    /// <summary>Added to the local deviation, in units of the picture's own: a flat region stays flat.</summary>
    public const float ContrastFloor = 0.3f;

    // TorchSharp makes a Scalar with a finaliser of every number in an expression, sums and differences of tensors included, and its native
    // calls do not keep it alive: a collection at the wrong moment frees it under libtorch's hands. These live as long as the process.
    static readonly Scalar s_one = 1, s_minusOne = -1, s_deviationFloor = DeviationFloor, s_contrastFloor = ContrastFloor, s_half = 0.5f;

    public const double BatchNormEpsilon = 1e-5;
    const double BatchNormMomentum = 0.1;

    readonly IReadOnlyList<NetworkSpec.Layer> _layers;
    readonly Tensor[] _values;
    readonly Tensor?[] _gradients;

    public ConvNet(NetworkSpec spec, bool learns)
    {
        Spec = spec;
        _layers = spec.Layers();
        var sizes = NetworkWeights.Sizes(spec);
        _values = new Tensor[sizes.Count];
        _gradients = new Tensor[sizes.Count];
        for (var i = 0; i < _values.Length; i++)
        {
            var layer = i / 5 < _layers.Count ? _layers[i / 5] : default;
            long[] shape = i == _values.Length - 2 ? [spec.Classes, spec.EmbeddingLength] : i == _values.Length - 1 ? [spec.Classes] : i % 5 == 0 ? [layer.Outputs, layer.Inputs, 3, 3] : [layer.Outputs];
            _values[i] = zeros(shape).requires_grad_(learns && Learns(i)).DetachFromDisposeScope();
        }
    }

    public NetworkSpec Spec { get; }

    public int ValueCount => _values.Length;

    /// <summary>Running statistics are followed, not learned.</summary>
    public bool Learns(int value) => value >= _values.Length - 2 || value % 5 < 3;

    /// <summary>Matrices and kernels decay; scales, shifts and biases do not.</summary>
    public bool Decays(int value) => value == _values.Length - 2 || (value < _values.Length - 2 && value % 5 == 0);

    public Span<float> Values(int value) => MemoryMarshal.Cast<byte, float>(_values[value].bytes);

    public Span<float> Gradients(int value)
    {
        // Torch adds into the same gradient tensor as long as nobody takes it away: one handle serves the whole training.
        var gradient = _gradients[value] ??= _values[value].grad!.DetachFromDisposeScope();
        return MemoryMarshal.Cast<byte, float>(gradient.bytes);
    }

    public void Load(IReadOnlyList<float[]> values)
    {
        for (var i = 0; i < _values.Length; i++) values[i].CopyTo(Values(i));
    }

    public float[][] Copy() => [.. Enumerable.Range(0, _values.Length).Select(i => Values(i).ToArray())];

    /// <summary>Pictures [N, C, S, S] in 0..1 to embeddings [N, 8w].</summary>
    public Tensor Embed(Tensor x, bool training)
    {
        long[] all = [1, 2, 3];
        x = x.add(x.mean(all, keepdim: true), s_minusOne);
        x = x / x.mul(x).mean(all, keepdim: true).sqrt().add(s_deviationFloor, s_one);
        // Local contrast normalisation (Jarrett et al., ICCV 2009): what is left is structure, much the same in infrared and in daylight.
        long window = Spec.ContrastWindow;
        x = x.add(nn.functional.avg_pool2d(x, window, 1, window / 2, false, false), s_minusOne);
        x = x / nn.functional.avg_pool2d(x * x, window, 1, window / 2, false, false).sqrt().add(s_contrastFloor, s_one);
        for (var i = 0; i < _layers.Count; i++)
        {
            var layer = _layers[i];
            x = nn.functional.conv2d(x, _values[5 * i], null, [layer.Stride, layer.Stride], [1L, 1L]);
            x = nn.functional.batch_norm(x, _values[5 * i + 3], _values[5 * i + 4], _values[5 * i + 1], _values[5 * i + 2], training, BatchNormMomentum, BatchNormEpsilon);
            x = nn.functional.relu(x, inplace: true);
            if (layer.Pool) x = nn.functional.max_pool2d(x, 2);
        }
        return x.mean([2L, 3L]);
    }

    /// <summary>The mean of two embeddings.</summary>
    public static Tensor Mean(Tensor one, Tensor other) => one.add(other, s_one).mul(s_half);

    /// <summary>Embeddings to logits.</summary>
    public Tensor Head(Tensor embedding) => nn.functional.linear(embedding, _values[^2], _values[^1]);

    public void Dispose()
    {
        foreach (var g in _gradients) g?.Dispose();
        foreach (var v in _values) v.Dispose();
    }
}
