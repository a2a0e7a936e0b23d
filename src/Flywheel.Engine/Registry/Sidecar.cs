using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Learning.Foreign;

namespace Flywheel.Engine.Registry;

/// <summary>
/// The description beside a foreign ONNX file, YAML or JSON:
/// <code>
/// name: eyes-vendor            # of the model; by default the file's
/// labels: [closed, open]       # in output order, or the name of a text file beside it, a label a line
/// input:
///   name: input                # only if the network has several
///   size: 224                  # or [width, height]; only if the network leaves it free
///   channels: 3                # 1 or 3; likewise
///   layout: nchw               # or nhwc
///   order: rgb                 # or bgr
///   scale: 0..1                # or 0..255, -1..1: what pixels are before mean and std
///   mean: [0.485, 0.456, 0.406]   # in units of scale
///   std: [0.229, 0.224, 0.225]
/// output:
///   name: logits               # only if the network has several
///   kind: logits               # or probabilities; one number for two labels is that of the second
///   embedding: pool5           # a tensor of the graph; by default the input of the last linear layer
/// </code>
/// </summary>
sealed class Sidecar
{
    const long MaxBytes = 1 << 20;
    const int MaxLabels = 100_000;
    static readonly string[] s_scales = ["0..1", "0..255", "-1..1"];

    readonly string _path;

    Sidecar(string path) => _path = path;

    /// <summary>Extensions of descriptions, in the order they are looked for.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".yaml", ".yml", ".json"];

    /// <summary>Reads a description.</summary>
    /// <exception cref="FlywheelException"><c>SidecarInvalid</c>, with line and column; <c>SidecarMissing</c>.</exception>
    public static (string? Name, ForeignConvention Convention) Read(string path)
    {
        var sidecar = new Sidecar(path);
        var text = ReadText(path);
        var faults = new FaultList(path);
        var root = YamlReader.Read(text, faults);
        if (faults.Faults is [var fault, ..])
            throw new FlywheelException("SidecarInvalid", FaultCategory.InvalidData, fault.Message, path, "Check the indentation, colons and brackets there.", fault.Location);
        return sidecar.Bind(sidecar.Map(root!, "the description", ["name", "labels", "input", "output"]));
    }

    static string ReadText(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) throw new FlywheelException("SidecarMissing", FaultCategory.NotFound, $"The description '{path}' does not exist.", path, "Write one beside the ONNX file, with the same name and .yaml; Get-Help Import-FlywheelModel shows how.");
            if (file.Length > MaxBytes) throw new FlywheelException("SidecarInvalid", FaultCategory.LimitsExceeded, $"'{path}' has {file.Length:N0} bytes; at most {MaxBytes:N0} are read.", path, "Shorten it.");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("SidecarInvalid", FaultCategory.ReadError, $"'{path}' cannot be read: {e.Message}", path, "Check the file's permissions.", inner: e);
        }
    }

    (string? Name, ForeignConvention Convention) Bind(Dictionary<string, YamlNode> root)
    {
        var input = root.TryGetValue("input", out var i) ? Map(i, "input", ["name", "size", "channels", "layout", "order", "scale", "mean", "std"]) : [];
        var output = root.TryGetValue("output", out var o) ? Map(o, "output", ["name", "kind", "embedding"]) : [];
        if (!root.TryGetValue("labels", out var labels)) throw Fault(1, 1, "The key 'labels' is missing.", "Add: labels: [closed, open]");
        if (!output.TryGetValue("kind", out var kind)) throw Fault(o?.Line ?? 1, o?.Column ?? 1, "The key 'output.kind' is missing.", "Say whether the network gives logits or probabilities.");

        var scale = Choice(input, "scale", s_scales) ?? "0..1";
        // A pixel in 0..1 is p; in the stated scale it is factor × p + shift, and the network wants (that − mean) / std.
        var (factor, shift) = scale switch { "0..255" => (255f, 0f), "-1..1" => (2f, -1f), _ => (1f, 0f) };
        float[] mean = Numbers(input, "mean") ?? [0], std = Numbers(input, "std") ?? [1];
        return (Text(root, "name"), new ForeignConvention
        {
            Labels = Labels(labels),
            Input = Text(input, "name"),
            Size = Size(input),
            Channels = Integer(input, "channels"),
            ChannelsLast = Choice(input, "layout", ["nchw", "nhwc"]) == "nhwc",
            Reversed = Choice(input, "order", ["rgb", "bgr"]) == "bgr",
            Mean = [.. mean.Select(m => (m - shift) / factor)],
            Std = [.. std.Select(s => s / factor)],
            Output = Text(output, "name"),
            IsProbabilities = Choice(output, "kind", ["logits", "probabilities"]) == "probabilities",
            Embedding = Text(output, "embedding"),
        });
    }

    Dictionary<string, YamlNode> Map(YamlNode node, string what, string[] valid)
    {
        if (node is not YamlMap map) throw Fault(node, $"'{what}' is {node.Kind}, where keys and values are expected.", $"Keys: {string.Join(", ", valid)}.");
        foreach (var (key, _) in map.Entries)
            if (!valid.Contains(key.Text))
                throw Fault(key, $"Unknown key '{key.Text}'.{(NearestName.Of(key.Text, valid) is { } near ? $" Did you mean '{near}'?" : "")}", $"Keys here: {string.Join(", ", valid)}.");
        return map.Entries.Where(e => e.Value is not YamlScalar { IsNull: true }).ToDictionary(e => e.Key.Text, e => e.Value, StringComparer.Ordinal);
    }

    string[] Labels(YamlNode node)
    {
        string[] labels;
        if (node is YamlScalar name)
        {
            // Only a file beside the description: the text of any other would end up in the model.
            if (name.Text != Path.GetFileName(name.Text)) throw Fault(node, $"The label file '{name.Text}' is not a plain file name.", "Put the file beside the description.");
            labels = [.. ReadText(Path.Combine(Path.GetDirectoryName(_path)!, name.Text)).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];
        }
        else
        {
            labels = [.. Items(node).Select(n => n.Text)];
        }
        if (labels.Length is < 2 or > MaxLabels || labels.Any(l => l.Length is 0 or > 200)) throw Fault(node, $"{labels.Length} labels.", $"Give 2 to {MaxLabels:N0} labels of 1 to 200 characters.");
        if (labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw Fault(node, $"The label '{twice.Key}' stands twice.", "Labels are different.");
        return labels;
    }

    (int, int)? Size(Dictionary<string, YamlNode> map)
    {
        if (!map.TryGetValue("size", out var node)) return null;
        int[] sides = [.. (node is YamlScalar one ? [one] : Items(node)).Select(n => Integer(n, "size"))];
        return sides.Length switch
        {
            1 => (sides[0], sides[0]),
            2 => (sides[0], sides[1]),
            _ => throw Fault(node, $"{sides.Length} numbers for 'size'.", "Write 224, or [width, height]."),
        };
    }

    IEnumerable<YamlScalar> Items(YamlNode node) => node is YamlList list
        ? list.Items.Select(i => i as YamlScalar ?? throw Fault(i, $"A value is expected here, not {i.Kind}.", "Write values in brackets: [a, b]."))
        : throw Fault(node, $"A list is expected here, not {node.Kind}.", "Write values in brackets: [a, b].");

    string? Text(Dictionary<string, YamlNode> map, string key) => !map.TryGetValue(key, out var node) ? null : node is YamlScalar { Text.Length: <= 200 } scalar ? scalar.Text : throw Fault(node, $"'{key}' is {node.Kind}.", "Write a name.");

    string? Choice(Dictionary<string, YamlNode> map, string key, string[] choices) => Text(map, key) is not { } text ? null
        : choices.FirstOrDefault(c => c.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? throw Fault(map[key], $"'{key}' is '{text}'.{(NearestName.Of(text, choices) is { } near ? $" Did you mean '{near}'?" : "")}", $"Choose {string.Join(" or ", choices)}.");

    int? Integer(Dictionary<string, YamlNode> map, string key) => map.TryGetValue(key, out var node) ? Integer(node, key) : null;

    int Integer(YamlNode node, string key) => node is YamlScalar scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= 4096
        ? value
        : throw Fault(node, $"'{key}' is {node.Kind}.", "Write a number from 1 to 4096.");

    float[]? Numbers(Dictionary<string, YamlNode> map, string key) => !map.TryGetValue(key, out var node) ? null : [.. (node is YamlScalar one ? [one] : Items(node)).Select(n =>
        float.TryParse(n.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) ? value : throw Fault(n, $"'{key}' is {n.Kind}.", "Write numbers: [0.485, 0.456, 0.406]."))];

    FlywheelException Fault(YamlNode at, string message, string action) => Fault(at.Line, at.Column, message, action);

    FlywheelException Fault(int line, int column, string message, string action)
    {
        var location = new SourceLocation(_path, line, column);
        return new FlywheelException("SidecarInvalid", FaultCategory.InvalidData, $"{location}: {message}", _path, action, location);
    }
}
