using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// COCO's instances JSON (cocodataset.org, Data format; pycocotools 2.0): images, categories, annotations with <c>bbox</c>. The class of a whole
/// image is an annotation without a box, as Datumaro's <c>coco_labels</c> has it; a box over the whole picture is read as one, too. Box ids are
/// text in <c>attributes.flywheel_id</c> (CVAT and Datumaro keep attributes); the numeric ids are but hints, for tools number anew.
/// </summary>
public static class CocoFormat
{
    const string IdAttribute = "flywheel_id";
    const string QueueField = "flywheel_queue";

    /// <summary>Writes a task.</summary>
    /// <param name="stream">Target; left open.</param>
    /// <param name="task">The task.</param>
    public static void Write(Stream stream, AnnotationTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var categories = Categories(task);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("description", task.Name);
        json.WriteString("version", "1.0");
        json.WriteString("contributor", "Flywheel");
        json.WriteString(QueueField, task.Name);
        json.WriteEndObject();
        json.WriteStartArray("licenses");
        json.WriteEndArray();
        json.WriteStartArray("categories");
        foreach (var (label, id) in categories)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("name", label);
            json.WriteString("supercategory", "");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("images");
        for (var i = 0; i < task.Images.Count; i++)
        {
            var image = task.Images[i];
            json.WriteStartObject();
            json.WriteNumber("id", i + 1);
            json.WriteString("file_name", image.File);
            json.WriteNumber("width", image.Width);
            json.WriteNumber("height", image.Height);
            json.WriteString(IdAttribute, image.Key);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("annotations");
        var number = 0;
        for (var i = 0; i < task.Images.Count; i++)
        {
            var image = task.Images[i];
            if (task.Part == AnnotationPart.Boxes)
            {
                foreach (var box in image.Boxes ?? [])
                {
                    json.WriteStartObject();
                    json.WriteNumber("id", ++number);
                    json.WriteNumber("image_id", i + 1);
                    json.WriteNumber("category_id", categories[box.Label]);
                    json.WriteStartArray("bbox");
                    foreach (var edge in (double[])[box.X, box.Y, box.Width, box.Height]) json.WriteNumberValue(edge);
                    json.WriteEndArray();
                    json.WriteNumber("area", box.Width * box.Height);
                    json.WriteStartArray("segmentation");
                    json.WriteEndArray();
                    json.WriteNumber("iscrowd", 0);
                    json.WriteStartObject("attributes");
                    json.WriteString(IdAttribute, box.Id);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            }
            else if (image.Label is { } label)
            {
                json.WriteStartObject();
                json.WriteNumber("id", ++number);
                json.WriteNumber("image_id", i + 1);
                json.WriteNumber("category_id", categories[label]);
                json.WriteEndObject();
            }
            if (json.BytesPending > 1 << 16) json.Flush();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static Dictionary<string, int> Categories(AnnotationTask task) =>
        task.Labels.Concat(task.Images.SelectMany(i => (i.Boxes ?? []).Select(b => b.Label))).Concat(task.Images.Select(i => i.Label).OfType<string>())
            .Distinct(StringComparer.Ordinal).Select((l, i) => (l, i)).ToDictionary(l => l.l, l => l.i + 1, StringComparer.Ordinal);

    /// <summary>Reads a file with images, categories and annotations.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line or path.</exception>
    public static ToolResult Read(ReadOnlyMemory<byte> text, string file)
    {
        using var document = JsonAt.Parse(text, file);
        return Read(new JsonAt(document.RootElement, file, "$"));
    }

    internal static ToolResult Read(JsonAt root)
    {
        root.RequireObject();
        var categories = new Dictionary<long, string>();
        foreach (var category in root["categories"].Items())
            if (!categories.TryAdd(category.RequireObject()["id"].Whole(), category["name"].Text())) throw category["id"].Wrong($"is {category["id"].Whole()}, the id of another category");

        var order = new List<long>();
        var images = new Dictionary<long, ToolAnswer>();
        var labels = new Dictionary<long, List<string>>();
        var boxes = new Dictionary<long, List<ToolBox>>();
        var problems = new Dictionary<long, List<FlywheelException>>();
        foreach (var image in root["images"].Items())
        {
            var id = image.RequireObject()["id"].Whole();
            var name = image["file_name"].Text();
            var answer = new ToolAnswer
            {
                Key = image[IdAttribute].TextIfAny(),
                File = name,
                Item = $"image {id}, '{name}'",
                Place = image.Place,
                State = ToolAnswerState.Present,
                Width = image["width"].IsNull ? null : (int)Math.Clamp(image["width"].Number(), 0, int.MaxValue),
                Height = image["height"].IsNull ? null : (int)Math.Clamp(image["height"].Number(), 0, int.MaxValue),
            };
            if (!images.TryAdd(id, answer)) throw image["id"].Wrong($"is {id}, the id of another image");
            order.Add(id);
            labels[id] = [];
            boxes[id] = [];
            problems[id] = [];
        }

        var answers = new List<ToolAnswer>();
        var seen = new HashSet<long>();
        foreach (var annotation in root["annotations"].Items())
        {
            var image = annotation.RequireObject()["image_id"].Whole();
            var category = annotation["category_id"].Whole();
            long? id = annotation["id"].IsNull ? null : annotation["id"].Whole();
            var item = id is null ? "an annotation" : string.Create(CultureInfo.InvariantCulture, $"annotation {id}");
            if (!images.TryGetValue(image, out var of))
            {
                answers.Add(new ToolAnswer { Item = item, Place = annotation.Place, Problems = [annotation["image_id"].Place.Fault("AnnotationImageUnknown", $"{item} is of image {image}, which the file does not list", image, "List the image, or remove the annotation.")] });
                continue;
            }
            var rectangle = annotation["bbox"];
            if (id is { } number && !seen.Add(number))
                problems[image].Add(annotation["id"].Place.Fault("AnnotationIdTwice", $"{item} of {of.Item} has the id of another", number, "Give every annotation an id of its own."));
            else if (!categories.TryGetValue(category, out var label))
                problems[image].Add(annotation["category_id"].Place.Fault("AnnotationLabelUnknown", $"{item} of {of.Item} is of category {category}, which the file does not list", category, "List the category, or correct the annotation."));
            else if (rectangle.IsNull || rectangle.IsArray && rectangle.Value.GetArrayLength() == 0)
            {
                if (annotation["segmentation"] is { IsNull: false } shape && !(shape.IsArray && shape.Value.GetArrayLength() == 0))
                    problems[image].Add(shape.Place.Fault("AnnotationShapeUnsupported", $"{item} of {of.Item} is a mask without a box", "segmentation", "Export boxes with the masks."));
                else labels[image].Add(label);
            }
            else if (annotation["iscrowd"].Flag())
                problems[image].Add(annotation["iscrowd"].Place.Fault("AnnotationShapeUnsupported", $"{item} of {of.Item} stands for a crowd, not for one object", "iscrowd", "Draw a rectangle around each object."));
            else
            {
                var edges = rectangle.Items().Select(e => e.Number()).ToArray();
                if (edges.Length != 4) throw rectangle.Wrong($"has {edges.Length} numbers, not x, y, width and height");
                var ours = annotation["attributes"].IsObject ? annotation["attributes"][IdAttribute].TextIfAny() : null;
                boxes[image].Add(new ToolBox(string.IsNullOrWhiteSpace(ours) ? id?.ToString(CultureInfo.InvariantCulture) : ours, label, edges[0], edges[1], edges[2], edges[3], annotation.Place)
                {
                    IdIsSure = !string.IsNullOrWhiteSpace(ours),
                    TurnsAboutCentre = true,
                    Rotation = annotation["attributes"].IsObject ? annotation["attributes"]["rotation"].Number(0) : 0,
                });
            }
        }
        answers.AddRange(order.Select(id => images[id] with { Labels = labels[id], Boxes = boxes[id], Problems = problems[id] }));
        var info = root["info"];
        return new ToolResult("coco", info.IsObject ? info[QueueField].TextIfAny() ?? info["description"].TextIfAny() : null, answers);
    }
}
