using System.Text;

namespace Flywheel.Tests;

/// <summary>A protocol buffer in the making, and the few kinds an ONNX file is made of.</summary>
sealed class OnnxMessage
{
    readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public OnnxMessage Add(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public OnnxMessage Add(int field, byte[] value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public OnnxMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public OnnxMessage Add(int field, OnnxMessage value) => Add(field, value.Bytes);

    void Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }

    public static OnnxMessage Node(string op, string[] inputs, string output)
    {
        var node = new OnnxMessage();
        foreach (var input in inputs) node.Add(1, input);
        return node.Add(2, output).Add(4, op);
    }

    public static OnnxMessage Tensor(string name, long[] dims, float[] values)
    {
        var tensor = new OnnxMessage();
        foreach (var dim in dims) tensor.Add(1, dim);
        return tensor.Add(2, 1).Add(8, name).Add(9, values.SelectMany(BitConverter.GetBytes).ToArray());
    }

    /// <summary>A float port; the batch is free unless it is given.</summary>
    public static OnnxMessage Value(string name, long[] dims, long batch = 0)
    {
        var shape = new OnnxMessage().Add(1, batch > 0 ? new OnnxMessage().Add(1, batch) : new OnnxMessage().Add(2, "N"));
        foreach (var dim in dims) shape.Add(1, new OnnxMessage().Add(1, dim));
        return new OnnxMessage().Add(1, name).Add(2, new OnnxMessage().Add(1, new OnnxMessage().Add(1, 1).Add(2, shape)));
    }

    /// <summary>A whole file of operator set 17.</summary>
    public static byte[] File(OnnxMessage graph) => new OnnxMessage().Add(1, 8).Add(7, graph).Add(8, new OnnxMessage().Add(1, "").Add(2, 17)).Bytes;
}
