using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml.Linq;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// Label Studio's JSON: tasks with <c>data.image</c> to import, and the exports JSON and JSON-MIN. Written for and read from version 1.x
/// (1.8 to 1.20); the layout is the same since 1.0, and <c>completions</c> of 0.x are read, too. Source: labelstud.io/guide/task_format,
/// /guide/predictions, and the converter's annotation_result_from_task and convert_to_json_min.
/// </summary>
public static class LabelStudioFormat
{
    /// <summary>Member of a task's data that names the image.</summary>
    public const string KeyField = "flywheel_id";

    /// <summary>Member of a task's data that names the queue.</summary>
    public const string QueueField = "flywheel_queue";

    const string ImageTag = "image";
    const string ClassTag = "class";
    const string BoxTag = "box";

    static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Results that say nothing of the picture's class or boxes.</summary>
    static readonly HashSet<string> s_ignored = new(StringComparer.Ordinal) { "relation", "textarea", "rating", "number", "datetime", "taxonomy", "pairwise", "rectangle" };

    /// <summary>Writes tasks to import: an image each, and what is proposed for it as a prediction, which people submit or correct.</summary>
    /// <param name="stream">Target; left open.</param>
    /// <param name="task">The task.</param>
    /// <param name="imageOf">What the tool loads an image by.</param>
    public static void Write(Stream stream, AnnotationTask task, Func<TaskImage, string> imageOf)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(imageOf);
        using var json = new Utf8JsonWriter(stream, s_options);
        json.WriteStartArray();
        foreach (var image in task.Images)
        {
            json.WriteStartObject();
            json.WriteStartObject("data");
            json.WriteString(ImageTag, imageOf(image));
            json.WriteString(KeyField, image.Key);
            json.WriteString(QueueField, task.Name);
            json.WriteString("flywheel_name", image.Name);
            json.WriteEndObject();
            if (task.Part == AnnotationPart.Boxes ? image.Boxes is { Count: > 0 } : image.Label is not null)
            {
                json.WriteStartArray("predictions");
                json.WriteStartObject();
                json.WriteString("model_version", task.Proposer ?? "catalogue");
                if (image.Score is { } score) json.WriteNumber("score", score);
                json.WriteStartArray("result");
                if (task.Part == AnnotationPart.Boxes)
                    foreach (var box in image.Boxes!) Box(json, image, box);
                else Choice(json, image);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
            }
            json.WriteEndObject();
            if (json.BytesPending > 1 << 16) json.Flush();
        }
        json.WriteEndArray();
    }

    /// <summary>The labelling configuration: what a project's page shows.</summary>
    public static string Configuration(AnnotationTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var choices = task.Part == AnnotationPart.Boxes
            ? new XElement("RectangleLabels", new XAttribute("name", BoxTag), new XAttribute("toName", ImageTag), new XAttribute("canRotate", "false"), task.Labels.Select(l => new XElement("Label", new XAttribute("value", l))))
            : new XElement("Choices", new XAttribute("name", ClassTag), new XAttribute("toName", ImageTag), new XAttribute("choice", "single"), new XAttribute("showInLine", "true"), task.Labels.Select(l => new XElement("Choice", new XAttribute("value", l))));
        return new XElement("View", new XElement("Image", new XAttribute("name", ImageTag), new XAttribute("value", "$" + ImageTag), new XAttribute("zoom", "true")), choices).ToString() + "\n";
    }

    /// <summary>Reads an export: JSON (several answers of a task and who gave them, skipped tasks, ids of regions) or JSON-MIN (no ids).</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>: no JSON, or not of this shape; the message tells line or path.</exception>
    public static ToolResult Read(ReadOnlyMemory<byte> text, string file)
    {
        using var document = JsonAt.Parse(text, file);
        return Read(new JsonAt(document.RootElement, file, "$"));
    }

    /// <summary>Reads an export that is parsed already.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>.</exception>
    public static ToolResult Read(JsonAt root)
    {
        if (!root.IsArray) throw root.Wrong("is no array of tasks");
        var answers = new List<ToolAnswer>();
        string? queue = null;
        var full = false;
        foreach (var task in root.Items())
        {
            task.RequireObject();
            if (!task["image_id"].IsNull && !task["category_id"].IsNull)
                throw task.Wrong("is a COCO result, a list of scores and not of labels; give the file with images, categories and annotations");
            // JSON-MIN puts the data among the answers; JSON keeps it apart.
            if (task["data"].IsObject || task["annotations"].IsArray || task["completions"].IsArray)
            {
                full = true;
                var data = task["data"].RequireObject();
                queue ??= data[QueueField].TextIfAny();
                answers.AddRange(Task(task, data));
            }
            else
            {
                queue ??= task[QueueField].TextIfAny();
                answers.Add(Row(task));
            }
        }
        return new ToolResult(full || answers.Count == 0 ? "labelstudio" : "labelstudio-min", queue, answers);
    }

    static IEnumerable<ToolAnswer> Task(JsonAt task, JsonAt data)
    {
        var open = Item(task, data, task["file_upload"]);
        var annotations = (task["annotations"].IsNull ? task["completions"] : task["annotations"]).ItemsIfAny().ToList();
        if (annotations.Count == 0) yield return open;
        foreach (var annotation in annotations)
        {
            annotation.RequireObject();
            var cancelled = annotation["was_cancelled"].Flag() || annotation["skipped"].Flag();
            var answer = open with
            {
                Place = annotation.Place,
                By = Person(annotation["completed_by"]),
                Time = annotation["updated_at"].Time() ?? annotation["created_at"].Time(),
                IsGroundTruth = annotation["ground_truth"].Flag(),
                State = cancelled ? ToolAnswerState.Skipped : ToolAnswerState.Submitted,
            };
            yield return cancelled ? answer : Results(answer, annotation["result"]);
        }
    }

    static ToolAnswer Item(JsonAt task, JsonAt data, JsonAt upload)
    {
        var image = data[ImageTag].TextIfAny() ?? (data.IsObject ? data.Members().Where(m => m.Value.Value.ValueKind == JsonValueKind.String && !m.Name.StartsWith("flywheel_", StringComparison.Ordinal)).Select(m => m.Value.Text()).FirstOrDefault() : null);
        var id = task["id"].TextIfAny();
        return new ToolAnswer
        {
            Key = data[KeyField].TextIfAny(),
            File = image is null || image.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? data["flywheel_name"].TextIfAny() ?? upload.TextIfAny() : image,
            Item = id is null ? "a task without id" : $"task {id}",
            Place = task.Place,
        };
    }

    static ToolAnswer Results(ToolAnswer answer, JsonAt results)
    {
        var labels = new List<string>();
        var boxes = new List<ToolBox>();
        var problems = new List<FlywheelException>();
        int? width = null, height = null;
        foreach (var result in results.Items())
        {
            result.RequireObject();
            var type = result["type"].Text();
            var value = result["value"];
            if (type == "choices")
            {
                // With a rectangle it is a remark about a box, not the label of the picture.
                if (value.RequireObject()["x"].IsNull) labels.AddRange(value["choices"].Items().Select(c => c.Text()));
                continue;
            }
            if (s_ignored.Contains(type)) continue;
            width ??= Size(result["original_width"]);
            height ??= Size(result["original_height"]);
            if (type is not ("rectanglelabels" or "labels"))
                problems.Add(Unsupported(result, type, answer.Item));
            else if (result["image_rotation"].Number(0) != 0)
                problems.Add(result["image_rotation"].Place.Fault("AnnotationShapeUnsupported", $"the picture of {answer.Item} was turned in the tool", answer.Item, "Turn the picture back in Label Studio and draw its boxes again."));
            else if (Box(value.RequireObject(), value[type], result["id"].TextIfAny(), true, answer.Item, problems) is { } box)
                boxes.Add(box);
        }
        return answer with { Labels = labels, Boxes = boxes, Problems = problems, Width = width, Height = height };
    }

    static ToolAnswer Row(JsonAt row)
    {
        var answer = Item(row, row, default);
        if (row["annotation_id"].IsNull) return answer;
        var labels = new List<string>();
        var boxes = new List<ToolBox>();
        var problems = new List<FlywheelException>();
        int? width = null, height = null;
        foreach (var (name, member) in row.Members())
        {
            if (name is ClassTag or "choice" && !member.IsNull)
            {
                if (member.IsObject) labels.AddRange(member["choices"].Items().Select(c => c.Text()));
                else labels.Add(member.Text());
                continue;
            }
            if (!member.IsArray) continue;
            foreach (var value in member.Items().Where(v => v.IsObject))
            {
                var type = value["rectanglelabels"].IsArray ? "rectanglelabels" : value["labels"].IsArray && !value["x"].IsNull ? "labels" : null;
                if (type is null)
                {
                    if (!value["points"].IsNull || !value["radiusX"].IsNull || !value["rle"].IsNull) problems.Add(Unsupported(value, "shape", answer.Item));
                    continue;
                }
                width ??= Size(value["original_width"]);
                height ??= Size(value["original_height"]);
                if (Box(value, value[type], null, false, answer.Item, problems) is { } box) boxes.Add(box);
            }
        }
        return answer with
        {
            State = ToolAnswerState.Submitted, Labels = labels, Boxes = boxes, Problems = problems, Width = width, Height = height,
            By = Person(row["annotator"]), Time = row["updated_at"].Time() ?? row["created_at"].Time(),
        };
    }

    static ToolBox? Box(JsonAt value, JsonAt labels, string? id, bool sure, string item, List<FlywheelException> problems)
    {
        var names = labels.ItemsIfAny().Select(l => l.Text()).ToList();
        if (names.Count != 1)
        {
            problems.Add(labels.Place.Fault("AnnotationBoxInvalid", names.Count == 0 ? $"a rectangle of {item} has no label" : $"a rectangle of {item} has {names.Count} labels: {string.Join(", ", names)}", names, "Give it exactly one in Label Studio."));
            return null;
        }
        return new ToolBox(id, names[0], value["x"].Number(), value["y"].Number(), value["width"].Number(), value["height"].Number(), value.Place) { IdIsSure = sure && id is not null, InPercent = true, Rotation = value["rotation"].Number(0) };
    }

    static FlywheelException Unsupported(JsonAt result, string type, string item) =>
        result.Place.Fault("AnnotationShapeUnsupported", $"{item} has a {type}, which is no rectangle with a label", type, "Draw rectangles; other shapes are not taken.");

    static int? Size(JsonAt value) => value.IsNull ? null : (int)Math.Clamp(value.Number(), 0, int.MaxValue);

    static string? Person(JsonAt person) => person.IsObject
        ? person["email"].TextIfAny() ?? person["username"].TextIfAny() ?? person["id"].TextIfAny()
        : person.TextIfAny();

    static void Choice(Utf8JsonWriter json, TaskImage image)
    {
        json.WriteStartObject();
        json.WriteString("id", "label");
        json.WriteString("type", "choices");
        json.WriteString("from_name", ClassTag);
        json.WriteString("to_name", ImageTag);
        json.WriteStartObject("value");
        json.WriteStartArray("choices");
        json.WriteStringValue(image.Label);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Box(Utf8JsonWriter json, TaskImage image, LabelBox box)
    {
        json.WriteStartObject();
        json.WriteString("id", box.Id);
        json.WriteString("type", "rectanglelabels");
        json.WriteString("from_name", BoxTag);
        json.WriteString("to_name", ImageTag);
        json.WriteNumber("original_width", image.Width);
        json.WriteNumber("original_height", image.Height);
        json.WriteNumber("image_rotation", 0);
        json.WriteStartObject("value");
        json.WriteNumber("x", box.X / image.Width * 100);
        json.WriteNumber("y", box.Y / image.Height * 100);
        json.WriteNumber("width", box.Width / image.Width * 100);
        json.WriteNumber("height", box.Height / image.Height * 100);
        json.WriteNumber("rotation", 0);
        json.WriteStartArray("rectanglelabels");
        json.WriteStringValue(box.Label);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What Label Studio loads a file by that lies below its document root (LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT).</summary>
    public static string LocalFile(string relative) => "/data/local-files/?d=" + Uri.EscapeDataString(relative.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal);

    /// <summary>The picture itself as an address, for servers that can reach no files of ours.</summary>
    public static string Embedded(ReadOnlySpan<byte> bytes, string format) => string.Create(CultureInfo.InvariantCulture, $"data:image/{format};base64,{Convert.ToBase64String(bytes)}");
}
