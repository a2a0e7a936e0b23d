using Flywheel.Learning.Data;
using static TorchSharp.torch;

namespace Flywheel.Learning.Networks;

/// <summary>Runs a network on pictures as inference will.</summary>
static class Scorer
{
    const int Batch = 256;

    /// <summary>Logits [count × classes], and embeddings if wanted.</summary>
    /// <param name="net">The network.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="mirror">Average each picture's answer with its mirror image's.</param>
    /// <param name="token">Looked at between batches.</param>
    public static float[] Logits(ConvNet net, PixelSet set, bool mirror, CancellationToken token)
    {
        var classes = net.Spec.Classes;
        var logits = new float[set.Count * classes];
        using var off = no_grad();
        for (var start = 0; start < set.Count; start += Batch)
        {
            token.ThrowIfCancellationRequested();
            var count = Math.Min(Batch, set.Count - start);
            using var scope = NewDisposeScope();
            Logits(net, set.Inputs(start, count), count, mirror).CopyTo(logits, start * classes);
        }
        return logits;
    }

    /// <summary>Logits of one batch of raw inputs.</summary>
    public static float[] Logits(ConvNet net, float[] inputs, int count, bool mirror)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var spec = net.Spec;
        var x = tensor(inputs, [count, spec.Channels, spec.InputSize, spec.InputSize]);
        var embedding = net.Embed(x, training: false);
        if (mirror) embedding = ConvNet.Mean(embedding, net.Embed(x.flip(3), training: false));
        return net.Head(embedding).data<float>().ToArray();
    }
}
