using Microsoft.ML.OnnxRuntime;

namespace Flywheel.Inference;

/// <summary>Opens ONNX files that are hostile until proven otherwise.</summary>
static class OnnxSession
{
    /// <summary>Largest model file that is read, bytes.</summary>
    const long MaxBytes = 1L << 30;

    /// <summary>
    /// Opens a model from memory, never by its path: external tensor data named inside it then has no folder to be taken from.
    /// </summary>
    public static InferenceSession Open(string path, int threads)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new FlywheelException("ModelFileMissing", FaultCategory.NotFound, $"The model file '{path}' does not exist.", path, "Give the path of an ONNX file.");
            if (file.Length > MaxBytes)
                throw new FlywheelException("ModelFileInvalid", FaultCategory.LimitsExceeded, $"The model file '{path}' has {file.Length:N0} bytes; at most {MaxBytes:N0} are read.", path, "Use a smaller model.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ModelFileUnreadable", FaultCategory.ReadError, $"The model file '{path}' cannot be read: {e.Message}", path, "Check the file's permissions.", inner: e);
        }
        return Open(bytes, path, threads);
    }

    public static InferenceSession Open(byte[] bytes, string path, int threads)
    {
        try
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // faults come back as exceptions; the console is not ours
            };
            if (threads > 0) options.IntraOpNumThreads = threads;
            return new InferenceSession(bytes, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw Invalid(path, e.Message, e);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            throw new FlywheelException("NativeLibraryUnavailable", FaultCategory.NotInstalled, $"ONNX Runtime cannot be loaded: {(e.InnerException ?? e).Message}", "onnxruntime",
                "Install the module for this operating system and processor.", inner: e);
        }
    }

    public static FlywheelException Invalid(string path, string why, Exception? inner = null) =>
        new("ModelFileInvalid", FaultCategory.InvalidData, $"'{path}' is not a usable ONNX model: {why}", path, "Export the model again, or train one with Invoke-FlywheelTraining.", inner: inner);

    /// <summary>Dimensions of a float tensor, -1 where free; null if it is not one.</summary>
    public static int[]? FloatShape(IReadOnlyDictionary<string, NodeMetadata> nodes, string name) =>
        nodes.TryGetValue(name, out var node) && node.IsTensor && node.ElementType == typeof(float) ? node.Dimensions : null;
}
