using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace Flywheel.Learning.Export;

/// <summary>Builds an ONNX graph (operator set 17) node by node.</summary>
sealed class OnnxGraph
{
    public const long OperatorSet = 17;

    readonly GraphProto _graph;
    readonly string _prefix;
    int _names;

    public OnnxGraph(string name) : this(new GraphProto { Name = name }, "") { }

    /// <summary>Adds to an existing graph; everything new has names that begin with the prefix.</summary>
    public OnnxGraph(GraphProto graph, string prefix)
    {
        _graph = graph;
        _prefix = prefix;
    }

    public GraphProto Graph => _graph;

    public string Floats(string name, IEnumerable<long> shape, ReadOnlySpan<float> values)
    {
        var tensor = new TensorProto { Name = _prefix + name, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    public string Scalar(string name, float value) => Floats(name, [], [value]);

    public string Longs(string name, params long[] values)
    {
        var tensor = new TensorProto { Name = _prefix + name, DataType = (int)TensorProto.Types.DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.Add(values.Length);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node with one output. The output's name is taken as it is, or made up.</summary>
    public string Node(string op, string[] inputs, string? output = null, params (string Name, object Value)[] attributes)
    {
        output ??= $"{_prefix}{op.ToLowerInvariant()}_{_names}";
        var node = new NodeProto { OpType = op, Name = $"{_prefix}{op}_{_names++}" };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case long l:
                    attribute.Type = AttributeProto.Types.AttributeType.Int;
                    attribute.I = l;
                    break;
                case long[] ls:
                    attribute.Type = AttributeProto.Types.AttributeType.Ints;
                    attribute.Ints.AddRange(ls);
                    break;
                default:
                    throw new ArgumentException($"Attribute '{name}' is a {value.GetType().Name}.", nameof(attributes));
            }
            node.Attribute.Add(attribute);
        }
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>A float tensor's name and shape; text dimensions are free.</summary>
    public static ValueInfoProto Value(string name, params object[] shape)
    {
        var dims = new TensorShapeProto();
        foreach (var d in shape)
            dims.Dim.Add(d is string free ? new TensorShapeProto.Types.Dimension { DimParam = free } : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d, System.Globalization.CultureInfo.InvariantCulture) });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dims } } };
    }

    public byte[] Model(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto { IrVersion = 8, ProducerName = "Flywheel", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model.ToByteArray();
    }
}
