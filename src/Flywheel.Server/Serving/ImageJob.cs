using System.Buffers;
using System.Diagnostics;

namespace Flywheel.Server.Serving;

/// <summary>One image on its way from its bytes to its recorded answer. One stage at a time works on it.</summary>
sealed class ImageJob(byte[] bytes, int length, string name, IReadOnlyDictionary<string, string> tags, ServedModel model, ServedModel? challenger)
{
    readonly TaskCompletionSource<Prediction> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    byte[]? _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, length);
    public string Name { get; } = name;
    public IReadOnlyDictionary<string, string> Tags { get; } = tags;
    public ServedModel Model { get; } = model;
    public ServedModel? Challenger { get; set; } = challenger;

    // Of the decode stage.
    public FlywheelImage Image { get; set; } = null!;
    public ImageMeasurement Measurement { get; set; }
    public float[] Input { get; set; } = [];
    public float[]? ChallengerInput { get; set; }

    // Of the inference stage.
    public Engine.Production.ScoredImage Scored { get; set; } = null!;
    public Prediction Prediction { get; set; } = null!;

    /// <summary>When it entered the stage it is in.</summary>
    public long Entered { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>The recorded answer.</summary>
    public Task<Prediction> Answer => _answer.Task;

    public void Complete()
    {
        Free();
        _answer.TrySetResult(Prediction);
    }

    public void Fail(Exception fault)
    {
        Free();
        _answer.TrySetException(fault);
    }

    void Free()
    {
        if (Interlocked.Exchange(ref _bytes, null) is not { } bytes) return;
        ArrayPool<byte>.Shared.Return(bytes);
        Model.Release();
        Challenger?.Release();
        Challenger = null;
    }
}
