using Microsoft.ML.OnnxRuntime;

namespace Flywheel.Inference;

/// <summary>Any ONNX network as it is: its ports by name, and what it says of one float tensor.</summary>
public sealed class OnnxNetwork : IDisposable
{
    readonly InferenceSession _session;
    readonly RunOptions _run = new();
    readonly string _path;

    OnnxNetwork(InferenceSession session, string path)
    {
        _session = session;
        _path = path;
        Inputs = Shapes(session.InputMetadata);
        Outputs = Shapes(session.OutputMetadata);
    }

    /// <summary>Dimensions of every input, -1 where free; null if it is no float tensor.</summary>
    public IReadOnlyDictionary<string, int[]?> Inputs { get; }

    /// <summary>Dimensions of every output, likewise.</summary>
    public IReadOnlyDictionary<string, int[]?> Outputs { get; }

    /// <summary>Opens a network from its bytes.</summary>
    /// <param name="onnx">Content of an ONNX file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="FlywheelException"><c>ModelFileInvalid</c>, <c>NativeLibraryUnavailable</c>.</exception>
    public static OnnxNetwork Load(byte[] onnx, string name)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        return new OnnxNetwork(OnnxSession.Open(onnx, name, threads: 1), name);
    }

    static Dictionary<string, int[]?> Shapes(IReadOnlyDictionary<string, NodeMetadata> ports) => ports.Keys.ToDictionary(n => n, n => OnnxSession.FloatShape(ports, n), StringComparer.Ordinal);

    /// <summary>Runs the network.</summary>
    /// <param name="input">Name of the input.</param>
    /// <param name="values">Its values.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <returns>Values and shape of each.</returns>
    /// <exception cref="FlywheelException"><c>ModelFileInvalid</c>: the network fails, or an output is no float tensor.</exception>
    public IReadOnlyList<(float[] Values, long[] Shape)> Run(string input, float[] values, long[] shape, params string[] outputs)
    {
        ArgumentNullException.ThrowIfNull(values);
        try
        {
            using var tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape);
            using var results = _session.Run(_run, [input], [tensor], outputs);
            return [.. results.Select((r, i) => r.GetTensorTypeAndShape() is { ElementDataType: Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float } info
                ? (r.GetTensorDataAsSpan<float>().ToArray(), info.Shape)
                : throw OnnxSession.Invalid(_path, $"its output '{outputs[i]}' does not hold float numbers."))];
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxSession.Invalid(_path, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
