using System.Globalization;
using System.Text;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// YOLO's text files (Darknet, Ultralytics, LabelImg): one for each image, a line for each box with class number and, as shares of the picture, the
/// centre's x and y, width and height. The classes' names stand in <c>classes.txt</c>, <c>obj.names</c> or <c>data.yaml</c>. There are no ids. An empty file says
/// that there is nothing; no file says nothing.
/// </summary>
public static class YoloFormat
{
    static readonly string[] s_names = ["classes.txt", "obj.names", "data.yaml", "dataset.yaml"];

    /// <summary>The images' files of a folder (also in its folders labels, images, train, valid, val, test); empty if it is not of this format.</summary>
    internal static IReadOnlyList<string> Files(string folder) =>
        NamesFile(folder) is null ? [] : [.. Directory.EnumerateFiles(folder, "*.txt", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
            .Where(f => Path.GetFileName(f) is not ("classes.txt" or "train.txt" or "valid.txt" or "val.txt" or "test.txt" or "notes.txt" or "README.txt" or "README.dataset.txt" or "README.roboflow.txt")).Order(StringComparer.Ordinal)];

    /// <summary>Reads a folder.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line.</exception>
    public static ToolResult Read(string folder, CancellationToken token)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var source = NamesFile(folder) ?? throw new FlywheelException("AnnotationFormatUnknown", FaultCategory.NotFound, $"The folder '{folder}' tells no names of classes.", folder, "Put classes.txt (a name on each line) or data.yaml into it.");
        var names = Names(source);
        var answers = new List<ToolAnswer>();
        foreach (var file in Files(folder))
        {
            token.ThrowIfCancellationRequested();
            if (new FileInfo(file).Length > AnnotationFile.LargestFile) throw AnnotationFile.TooLarge(file, new FileInfo(file).Length);
            var boxes = new List<ToolBox>();
            var problems = new List<FlywheelException>();
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                var place = new FilePlace(file, ++number);
                var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 0) continue;
                if (fields.Length > 6)
                {
                    problems.Add(place.Fault("AnnotationShapeUnsupported", $"'{Path.GetFileName(file)}' has a polygon, {fields.Length} fields instead of 5", fields.Length, "Export boxes."));
                    continue;
                }
                var v = new double[4];
                if (fields.Length < 5 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var label) || !Enumerable.Range(0, 4).All(i => SafeXml.TryNumber(fields[i + 1], out v[i])))
                    throw place.Fault("AnnotationFileInvalid", $"'{(line.Length <= 60 ? line : line[..60])}' is not a class number and four numbers", line, "Correct the line. Nothing of the folder was taken.");
                if (label >= names.Count)
                    problems.Add(place.Fault("AnnotationLabelUnknown", $"class {label} of '{Path.GetFileName(file)}' has no name in '{source}', which has {names.Count}", label, "Complete the names."));
                else boxes.Add(new ToolBox(null, names[label], (v[0] - v[2] / 2) * 100, (v[1] - v[3] / 2) * 100, v[2] * 100, v[3] * 100, place) { InPercent = true });
            }
            answers.Add(new ToolAnswer { File = Path.GetFileNameWithoutExtension(file), Item = $"'{Path.GetFileName(file)}'", Place = new FilePlace(file), State = ToolAnswerState.Present, Boxes = boxes, Problems = problems });
        }
        return new ToolResult("yolo", null, answers);
    }

    static string? NamesFile(string folder) =>
        s_names.SelectMany(n => new[] { Path.Combine(folder, n), Path.Combine(folder, "images", n), Path.Combine(folder, "labels", n), Path.Combine(folder, "..", n) }).FirstOrDefault(File.Exists);

    static IReadOnlyList<string> Names(string file)
    {
        if (new FileInfo(file).Length > 1 << 20) throw AnnotationFile.TooLarge(file, new FileInfo(file).Length);
        var lines = File.ReadAllLines(file, Encoding.UTF8);
        if (!file.EndsWith(".yaml", StringComparison.Ordinal)) return [.. lines.Select(l => l.Trim()).Where(l => l.Length > 0)];
        // Of data.yaml the key names only: a list in brackets, a list with dashes, or numbers with names.
        var at = Array.FindIndex(lines, l => l.StartsWith("names:", StringComparison.Ordinal));
        if (at < 0) throw new FilePlace(file).Fault("AnnotationFileInvalid", "there is no key 'names'", file, "List the classes: names: [a, b].");
        var inline = lines[at][6..].Trim();
        if (inline.StartsWith('[')) return [.. string.Concat(lines[at..].TakeWhile((l, i) => i == 0 || !lines[at + i - 1].Contains(']', StringComparison.Ordinal)))[6..].Trim().Trim('[', ']').Split(',').Select(Plain).Where(n => n.Length > 0)];
        var names = new SortedDictionary<int, string>();
        foreach (var line in lines.Skip(at + 1).TakeWhile(l => l.Length == 0 || l[0] is ' ' or '-' or '#'))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            if (text[0] == '-') names[names.Count] = Plain(text[1..]);
            else if (text.Split(':', 2) is [var n, var name] && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) names[number] = Plain(name);
        }
        for (var i = 0; i < names.Count; i++)
            if (!names.ContainsKey(i)) throw new FilePlace(file, at + 1, null, "names").Fault("AnnotationFileInvalid", $"class {i} has no name", i, "Number the classes from 0 without gaps.");
        return [.. names.Values];
    }

    static string Plain(string name) => name.Trim().Trim('\'', '"').Trim();
}
