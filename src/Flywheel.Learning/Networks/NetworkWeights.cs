using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Flywheel.Learning.Networks;

/// <summary>
/// A network's values, outside of Torch: per layer convolution [out, in, 3, 3], scale, shift, running mean and running variance [out]
/// each, then the head's matrix [classes, embedding] and bias [classes].
/// </summary>
public sealed class NetworkWeights
{
    static ReadOnlySpan<byte> Magic => "FLYWGHT1"u8;
    const int MaxHeader = 1 << 20;

    /// <summary>Values of a network.</summary>
    public NetworkWeights(NetworkSpec spec, IReadOnlyList<float[]> values, IReadOnlyList<string> labels)
    {
        Spec = spec;
        Values = values;
        Labels = labels;
        var sizes = Sizes(spec);
        if (values.Count != sizes.Count || values.Where((v, i) => v.Length != sizes[i]).Any()) throw new ArgumentException("The values do not fit the network.", nameof(values));
    }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Labels in output order.</summary>
    public IReadOnlyList<string> Labels { get; }

    internal IReadOnlyList<float[]> Values { get; }

    internal static IReadOnlyList<int> Sizes(NetworkSpec spec)
    {
        var sizes = new List<int>();
        foreach (var l in spec.Layers()) sizes.AddRange([9 * l.Inputs * l.Outputs, l.Outputs, l.Outputs, l.Outputs, l.Outputs]);
        sizes.AddRange([spec.EmbeddingLength * spec.Classes, spec.Classes]);
        return sizes;
    }

    /// <summary>
    /// Values as Torch's own layers start with: Kaiming-uniform matrices (He et al., ICCV 2015, with slope √5), scale and variance 1, shift and
    /// mean 0, from a stream of our own.
    /// </summary>
    public static NetworkWeights Random(NetworkSpec spec, IReadOnlyList<string> labels, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(random);
        var layers = spec.Layers();
        var sizes = Sizes(spec);
        var values = new float[sizes.Count][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new float[sizes[i]];
            if (i >= values.Length - 2 || i % 5 == 0)
            {
                var fan = i >= values.Length - 2 ? spec.EmbeddingLength : 9 * layers[i / 5].Inputs;
                var bound = 1 / MathF.Sqrt(fan);
                for (var k = 0; k < values[i].Length; k++) values[i][k] = (random.NextSingle() * 2 - 1) * bound;
            }
            else
            {
                Array.Fill(values[i], i % 5 is 1 or 4 ? 1 : 0);
            }
        }
        return new NetworkWeights(spec, values, labels);
    }

    sealed record Header(NetworkSpec Spec, string[] Labels);

    /// <summary>Writes the values: eight magic bytes, length and JSON of the header, then little-endian float32 in order.</summary>
    public void Save(string path)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(Spec, [.. Labels]));
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(Magic);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var v in Values) file.Write(MemoryMarshal.AsBytes(v.AsSpan()));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads values.</summary>
    /// <exception cref="FlywheelException"><c>ModelWeightsMissing</c>, <c>ModelWeightsInvalid</c>.</exception>
    public static NetworkWeights Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ModelWeightsMissing", FaultCategory.NotFound, $"The weights '{path}' cannot be read: {e.Message}", path,
                "Only models trained by Invoke-FlywheelTraining without -Backbone can be continued from.", inner: e);
        }
        try
        {
            if (bytes.Length < 12 || !bytes.AsSpan(0, 8).SequenceEqual(Magic)) throw new FormatException("it does not begin as a weights file");
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
            if (length is < 2 or > MaxHeader || length > bytes.Length - 12) throw new FormatException("its header's length is wrong");
            var header = JsonSerializer.Deserialize<Header>(bytes.AsSpan(12, length)) ?? throw new FormatException("its header is empty");
            var spec = header.Spec;
            if (spec is null || header.Labels is null || spec.InputSize is < 8 or > 1024 || spec.Channels is not (1 or 3) || spec.Width is < 1 or > 512 || spec.ConvolutionsPerStage is < 1 or > 8 || spec.Classes != header.Labels.Length)
                throw new FormatException("its header describes no network of ours");
            var at = 12 + length;
            var values = new List<float[]>();
            foreach (var size in Sizes(spec))
            {
                if (bytes.Length - at < size * 4) throw new FormatException("it ends early");
                values.Add(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, size * 4)).ToArray());
                at += size * 4;
            }
            if (at != bytes.Length) throw new FormatException("it is longer than its network");
            if (values.Any(v => !v.All(float.IsFinite))) throw new FormatException("it holds values that are not finite");
            return new NetworkWeights(spec, values, header.Labels);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new FlywheelException("ModelWeightsInvalid", FaultCategory.InvalidData, $"The weights '{path}' are damaged: {e.Message}.", path, "Train the model again.", inner: e);
        }
    }
}
