using Onnx;

namespace Flywheel.Learning.Export;

/// <summary>Our outputs have fixed names; whatever of a foreign graph is called so, or begins with our prefix, moves away.</summary>
static class TensorNames
{
    /// <summary>What everything we add begins with.</summary>
    public const string Prefix = "flywheel/";

    static readonly string[] s_reserved = ["probs", "logits", "embedding"];

    /// <summary>Renames inside the graph.</summary>
    /// <param name="graph">The foreign graph.</param>
    /// <param name="elsewhere">Prefix the names get: <c>backbone/</c>.</param>
    /// <param name="unsuitable">Makes the fault if it cannot be done safely.</param>
    /// <returns>What a tensor is called now.</returns>
    public static Func<string, string> MakeRoom(GraphProto graph, string elsewhere, Func<string, FlywheelException> unsuitable)
    {
        var names = graph.Node.SelectMany(n => n.Input.Concat(n.Output)).Concat(graph.Initializer.Select(i => i.Name)).Concat(graph.Input.Select(i => i.Name)).Distinct().ToList();
        if (!names.Any(Taken)) return name => name;
        if (graph.Node.Any(n => n.Attribute.Any(a => a.Type is AttributeProto.Types.AttributeType.Graph)) || graph.Input.Any(i => Taken(i.Name)) || names.Any(n => Taken(n) && names.Contains(elsewhere + n)))
            throw unsuitable("its tensors use names the classifier needs (probs, logits, embedding) and cannot be renamed safely");
        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++) node.Input[i] = Free(node.Input[i]);
            for (var i = 0; i < node.Output.Count; i++) node.Output[i] = Free(node.Output[i]);
        }
        foreach (var tensor in graph.Initializer) tensor.Name = Free(tensor.Name);
        foreach (var output in graph.Output) output.Name = Free(output.Name);
        return Free;

        static bool Taken(string name) => s_reserved.Contains(name) || name.StartsWith(Prefix, StringComparison.Ordinal);

        string Free(string name) => Taken(name) ? elsewhere + name : name;
    }
}
