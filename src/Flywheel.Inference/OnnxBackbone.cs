using Microsoft.ML.OnnxRuntime;

namespace Flywheel.Inference;

/// <summary>A foreign ONNX network used as a frozen feature extractor: images [N, 3 or 1, H, W] in, one vector per image out.</summary>
public sealed class OnnxBackbone : IDisposable
{
    readonly InferenceSession _session;
    readonly RunOptions _run = new();
    readonly string _path;

    OnnxBackbone(InferenceSession session, string path)
    {
        _session = session;
        _path = path;
        if (session.InputNames.Count != 1 || OnnxSession.FloatShape(session.InputMetadata, session.InputNames[0]) is not { Length: 4 } input)
            throw Unsuitable(path, $"it has {session.InputNames.Count} inputs or its input is not float images [N, C, H, W]");
        if (input[1] is not (1 or 3)) throw Unsuitable(path, $"its input has {(input[1] < 0 ? "a free number of" : input[1])} channels, where 1 or 3 are possible");
        if (input[0] > 0) throw Unsuitable(path, $"its batch size is fixed to {input[0]}; it must be free");
        InputName = session.InputNames[0];
        Channels = input[1];
        Height = Math.Max(input[2], 0);
        Width = Math.Max(input[3], 0);
        if (Height > ModelMetadata.MaxSide || Width > ModelMetadata.MaxSide) throw Unsuitable(path, $"its input is {Width}×{Height} pixels");
        OutputName = session.OutputNames[0];
        if (OnnxSession.FloatShape(session.OutputMetadata, OutputName) is not { } output)
            throw Unsuitable(path, $"its first output '{OutputName}' is not a float tensor");
        OutputRank = output.Length;
        if (OutputRank is not (2 or 4)) throw Unsuitable(path, $"its first output '{OutputName}' has {OutputRank} dimensions; [N, D] or [N, D, H, W] is needed");
        FeatureLength = output[1];
    }

    /// <summary>Name of the image input.</summary>
    public string InputName { get; }

    /// <summary>Name of the feature output (the graph's first).</summary>
    public string OutputName { get; }

    /// <summary>2 for [N, D]; 4 for a feature map [N, D, H, W], which is averaged over its positions.</summary>
    public int OutputRank { get; }

    /// <summary>Input channels, 1 or 3.</summary>
    public int Channels { get; }

    /// <summary>Fixed input height, or 0 if free.</summary>
    public int Height { get; }

    /// <summary>Fixed input width, or 0 if free.</summary>
    public int Width { get; }

    /// <summary>Length of a feature vector; -1 until <see cref="Extract"/> ran if the graph does not say.</summary>
    public int FeatureLength { get; private set; }

    /// <summary>Loads a network.</summary>
    /// <exception cref="FlywheelException"><c>BackboneMissing</c>, <c>BackboneInvalid</c>, <c>NativeLibraryUnavailable</c>.</exception>
    public static OnnxBackbone Load(string onnxPath, int threads = 0)
    {
        InferenceSession session;
        try
        {
            session = OnnxSession.Open(onnxPath, threads);
        }
        catch (FlywheelException e) when (e.ErrorId is "ModelFileMissing" or "ModelFileUnreadable")
        {
            throw new FlywheelException("BackboneMissing", e.Category, $"The backbone '{onnxPath}' cannot be opened: {e.Message}", onnxPath, "Give the path of an ONNX feature network to -Backbone.", inner: e);
        }
        catch (FlywheelException e) when (e.ErrorId == "ModelFileInvalid")
        {
            throw Unsuitable(onnxPath, e.Message, e);
        }
        try
        {
            return new OnnxBackbone(session, onnxPath);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    static FlywheelException Unsuitable(string path, string why, Exception? inner = null) =>
        new("BackboneInvalid", FaultCategory.InvalidData, $"The ONNX file '{path}' cannot serve as a backbone: {why}.", path,
            "Use a network with one input of float images [N, 3, H, W] with a free batch size and a first output [N, D] or [N, D, H, W].", inner: inner);

    /// <summary>Features of a batch, row-major [count × <see cref="FeatureLength"/>].</summary>
    /// <param name="input">Pixels, NCHW, normalised as the network expects.</param>
    /// <param name="count">Images.</param>
    /// <param name="width">Width of each.</param>
    /// <param name="height">Height of each.</param>
    /// <exception cref="FlywheelException"><c>BackboneInvalid</c>: the network fails on such images, or gives no finite numbers.</exception>
    public float[] Extract(float[] input, int count, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            using var tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(0, count * Channels * height * width), [count, Channels, height, width]);
            using var results = _session.Run(_run, [InputName], [tensor], [OutputName]);
            var shape = results[0].GetTensorTypeAndShape().Shape;
            if (shape.Length != OutputRank || shape[0] != count || shape[1] < 1) throw Unsuitable(_path, $"it gave an output [{string.Join(", ", shape)}] for {count} images");
            var length = (int)shape[1];
            if (FeatureLength > 0 && FeatureLength != length) throw Unsuitable(_path, $"it gave {length} features where {FeatureLength} were declared");
            FeatureLength = length;
            var values = results[0].GetTensorDataAsSpan<float>();
            var features = new float[count * length];
            if (OutputRank == 2)
            {
                values.CopyTo(features);
            }
            else
            {
                var positions = (int)(shape[2] * shape[3]);
                for (var i = 0; i < features.Length; i++)
                {
                    var sum = 0f;
                    foreach (var v in values.Slice(i * positions, positions)) sum += v;
                    features[i] = sum / positions;
                }
            }
            foreach (var f in features)
                if (!float.IsFinite(f)) throw Unsuitable(_path, "it gives values that are not finite");
            return features;
        }
        catch (OnnxRuntimeException e)
        {
            throw Unsuitable(_path, $"it fails on images of {width}×{height} pixels: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
