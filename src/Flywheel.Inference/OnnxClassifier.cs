using Microsoft.ML.OnnxRuntime;

namespace Flywheel.Inference;

/// <summary>
/// A Flywheel classifier in ONNX Runtime. The input is raw pixels as <see cref="Preprocessing"/> describes; everything else
/// (standardisation, temperature) is inside the graph. Safe to call from several threads.
/// </summary>
public sealed class OnnxClassifier : IDisposable
{
    const string Probabilities = "probs", Logits = "logits", Embedding = "embedding";

    readonly InferenceSession _session;
    readonly RunOptions _run = new();
    readonly string _path;
    readonly string[] _inputs;
    readonly string[] _outputs;

    OnnxClassifier(InferenceSession session, string path)
    {
        _session = session;
        _path = path;
        var metadata = session.ModelMetadata.CustomMetadataMap;
        Metadata = new Dictionary<string, string>(metadata, StringComparer.Ordinal);
        Labels = Read(ModelMetadata.LabelsKey, ModelMetadata.ReadLabels);
        Preprocessing = Read(ModelMetadata.PreprocessingKey, ModelMetadata.ReadPreprocessing);

        if (session.InputNames.Count != 1 || OnnxSession.FloatShape(session.InputMetadata, session.InputNames[0]) is not { Length: 4 } input)
            throw OnnxSession.Invalid(path, "it does not have exactly one input of float images [N, C, H, W].");
        if (!Fits(input[1], Preprocessing.Channels) || !Fits(input[2], Preprocessing.Height) || !Fits(input[3], Preprocessing.Width))
            throw OnnxSession.Invalid(path, $"its input is [{string.Join(", ", input)}], its preprocessing says {Preprocessing.Channels}×{Preprocessing.Height}×{Preprocessing.Width}.");
        foreach (var name in new[] { Probabilities, Logits })
            if (OnnxSession.FloatShape(session.OutputMetadata, name) is not { Length: 2 } output || !Fits(output[1], Labels.Count))
                throw OnnxSession.Invalid(path, $"it has no output '{name}' of {Labels.Count} floats an image.");
        EmbeddingLength = OnnxSession.FloatShape(session.OutputMetadata, Embedding) is { Length: 2 } shape && shape[1] > 0 ? shape[1] : 0;
        _inputs = [session.InputNames[0]];
        _outputs = EmbeddingLength > 0 ? [Probabilities, Logits, Embedding] : [Probabilities, Logits];

        T Read<T>(string key, Func<string, T> parse)
        {
            if (!metadata.TryGetValue(key, out var json))
                throw new FlywheelException("ModelMetadataMissing", FaultCategory.InvalidData, $"The ONNX file '{path}' has no metadata '{key}': it was not written by Flywheel.", path,
                    "Use a model made by Invoke-FlywheelTraining; any other ONNX network can serve as its -Backbone.");
            try
            {
                return parse(json);
            }
            catch (FormatException e)
            {
                throw OnnxSession.Invalid(path, $"its metadata '{key}' is wrong: {e.Message}", e);
            }
        }

        static bool Fits(int dimension, int expected) => dimension < 0 || dimension == expected;
    }

    /// <summary>Labels in output order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How a picture becomes the input.</summary>
    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Everything written into the file's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Length of an image's embedding; 0 if the graph has no such output.</summary>
    public int EmbeddingLength { get; }

    /// <summary>Loads a model file.</summary>
    /// <param name="onnxPath">The file.</param>
    /// <param name="threads">Threads one call may use; 0 leaves it to ONNX Runtime.</param>
    /// <exception cref="FlywheelException">
    /// <c>ModelFileMissing</c>, <c>ModelFileUnreadable</c>, <c>ModelFileInvalid</c> (not ONNX, or not a classifier's graph),
    /// <c>ModelMetadataMissing</c> (an ONNX file of other origin), <c>NativeLibraryUnavailable</c>.
    /// </exception>
    public static OnnxClassifier Load(string onnxPath, int threads = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(onnxPath);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Build(OnnxSession.Open(onnxPath, threads), onnxPath);
    }

    /// <summary>As <see cref="Load(string, int)"/>, from the file's bytes.</summary>
    /// <param name="onnx">Content of an ONNX file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="threads">Threads one call may use; 0 leaves it to ONNX Runtime.</param>
    public static OnnxClassifier Load(byte[] onnx, string name, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Build(OnnxSession.Open(onnx, name, threads), name);
    }

    static OnnxClassifier Build(InferenceSession session, string path)
    {
        try
        {
            return new OnnxClassifier(session, path);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Scores a batch.</summary>
    /// <param name="input">Pixels of <paramref name="count"/> images, each <c>Preprocessing.Length</c> floats (NCHW); may be longer than needed.</param>
    /// <param name="count">Number of images, at least 1.</param>
    /// <exception cref="ArgumentException">The input is shorter than the images need.</exception>
    public ScoredBatch Run(float[] input, int count)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var needed = (long)count * Preprocessing.Length;
        if (input.Length < needed) throw new ArgumentException($"{input.Length} floats given, {needed} needed for {count} images of {Preprocessing.Length}.", nameof(input));

        try
        {
            using var tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(0, (int)needed),
                [count, Preprocessing.Channels, Preprocessing.Height, Preprocessing.Width]);
            using var results = _session.Run(_run, _inputs, [tensor], _outputs);
            return new ScoredBatch(count, Labels.Count, EmbeddingLength, Take(0, Labels.Count), Take(1, Labels.Count), EmbeddingLength > 0 ? Take(2, EmbeddingLength) : []);

            float[] Take(int output, int width)
            {
                var span = results[output].GetTensorDataAsSpan<float>();
                // A hostile graph may declare one shape and produce another.
                if (span.Length != (long)count * width) throw OnnxSession.Invalid(_path, $"output '{_outputs[output]}' gave {span.Length} values for {count} images of {width}.");
                return span.ToArray();
            }
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
