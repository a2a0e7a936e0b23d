using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// CVAT for images 1.1: an XML file with an element for each image, <c>tag</c> for its class and <c>box</c> for its boxes. As CVAT 1.x and 2.x
/// export and import it (docs.cvat.ai: XML annotation format; cvat/apps/dataset_manager/formats/cvat.py). It has no ids of shapes: the
/// label attribute <c>flywheel_id</c> carries them, which <see cref="Labels"/> declares. CVAT writes coordinates with two decimals.
/// </summary>
public static class CvatFormat
{
    /// <summary>Attribute of every label that carries the box's id.</summary>
    public const string IdAttribute = "flywheel_id";

    /// <summary>Writes annotations to upload to a task that has these images.</summary>
    /// <param name="stream">Target; left open.</param>
    /// <param name="task">The task.</param>
    public static void Write(Stream stream, AnnotationTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false), CloseOutput = false });
        var source = task.Proposer is null ? "manual" : "auto";
        xml.WriteStartElement("annotations");
        xml.WriteElementString("version", "1.1");
        xml.WriteStartElement("meta");
        xml.WriteStartElement("task");
        xml.WriteElementString("name", task.Name);
        xml.WriteElementString("size", Text(task.Images.Count));
        xml.WriteElementString("mode", "annotation");
        xml.WriteStartElement("labels");
        foreach (var label in task.Labels)
        {
            xml.WriteStartElement("label");
            xml.WriteElementString("name", label);
            xml.WriteElementString("type", task.Part == AnnotationPart.Boxes ? "rectangle" : "tag");
            xml.WriteStartElement("attributes");
            if (task.Part == AnnotationPart.Boxes)
            {
                xml.WriteStartElement("attribute");
                xml.WriteElementString("name", IdAttribute);
                xml.WriteElementString("mutable", "False");
                xml.WriteElementString("input_type", "text");
                xml.WriteElementString("default_value", "");
                xml.WriteElementString("values", "");
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        for (var i = 0; i < task.Images.Count; i++)
        {
            var image = task.Images[i];
            xml.WriteStartElement("image");
            xml.WriteAttributeString("id", Text(i));
            xml.WriteAttributeString("name", image.File);
            xml.WriteAttributeString("width", Text(image.Width));
            xml.WriteAttributeString("height", Text(image.Height));
            if (task.Part == AnnotationPart.Boxes)
            {
                foreach (var box in image.Boxes ?? [])
                {
                    xml.WriteStartElement("box");
                    xml.WriteAttributeString("label", box.Label);
                    xml.WriteAttributeString("source", source);
                    xml.WriteAttributeString("occluded", "0");
                    xml.WriteAttributeString("xtl", Text(box.X));
                    xml.WriteAttributeString("ytl", Text(box.Y));
                    xml.WriteAttributeString("xbr", Text(box.X + box.Width));
                    xml.WriteAttributeString("ybr", Text(box.Y + box.Height));
                    xml.WriteAttributeString("z_order", "0");
                    xml.WriteStartElement("attribute");
                    xml.WriteAttributeString("name", IdAttribute);
                    xml.WriteString(box.Id);
                    xml.WriteEndElement();
                    xml.WriteEndElement();
                }
            }
            else if (image.Label is { } label)
            {
                xml.WriteStartElement("tag");
                xml.WriteAttributeString("label", label);
                xml.WriteAttributeString("source", source);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    /// <summary>The labels for the page that makes a task (Raw): with the attribute that carries the ids.</summary>
    public static string Labels(AnnotationTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var label in task.Labels)
            {
                json.WriteStartObject();
                json.WriteString("name", label);
                json.WriteString("type", task.Part == AnnotationPart.Boxes ? "rectangle" : "tag");
                json.WriteStartArray("attributes");
                if (task.Part == AnnotationPart.Boxes)
                {
                    json.WriteStartObject();
                    json.WriteString("name", IdAttribute);
                    json.WriteBoolean("mutable", false);
                    json.WriteString("input_type", "text");
                    json.WriteString("default_value", "");
                    json.WriteStartArray("values");
                    json.WriteStringValue("");
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Reads an export. Whether a job is completed the file does not tell: an image without any shape may be one nobody has looked at.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line and column; also for CVAT for video, whose tracks are no images.</exception>
    public static ToolResult Read(Stream stream, string file) => SafeXml.Read(stream, file, xml =>
    {
        if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "annotations")
            throw SafeXml.Here(xml, file).Fault("AnnotationFileInvalid", $"the root is <{xml.Name}>, not <annotations>", xml.Name, "Export as CVAT for images 1.1.");
        var answers = new List<ToolAnswer>();
        string? name = null, assignee = null;
        var parents = new List<string>();
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.EndElement)
            {
                if (parents.Count > 0) parents.RemoveAt(parents.Count - 1);
                continue;
            }
            if (xml.NodeType == XmlNodeType.Text)
            {
                switch (string.Join('/', parents))
                {
                    case "meta/task/name" or "meta/project/name":
                        name = xml.Value;
                        break;
                    case "meta/task/assignee/username" or "meta/job/assignee":
                        assignee = xml.Value;
                        break;
                }
                continue;
            }
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (parents.Count == 0 && xml.Name == "track")
                throw SafeXml.Here(xml, file).Fault("AnnotationFileInvalid", "the file has tracks: it is CVAT for video", "track", "Export as CVAT for images 1.1, which splits tracks into images.");
            if (parents.Count == 0 && xml.Name == "image") answers.Add(Image(xml, file, assignee));
            else if (!xml.IsEmptyElement) parents.Add(xml.Name);
        }
        return new ToolResult("cvat", name, answers);
    });

    /// <summary>Reads one image; stands at its end (or at itself, when empty) afterwards.</summary>
    static ToolAnswer Image(XmlReader xml, string file, string? by)
    {
        var place = SafeXml.Here(xml, file);
        var name = SafeXml.Attribute(xml, "name", file);
        var item = $"image '{name}'";
        var answer = new ToolAnswer { File = name, Item = item, Place = place, State = ToolAnswerState.Present, By = by, Width = SafeXml.Size(xml.GetAttribute("width")), Height = SafeXml.Size(xml.GetAttribute("height")) };
        if (xml.IsEmptyElement) return answer;
        var labels = new List<string>();
        var boxes = new List<ToolBox>();
        var problems = new List<FlywheelException>();
        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.Depth != depth + 1) continue;
            var here = SafeXml.Here(xml, file);
            switch (xml.Name)
            {
                case "tag":
                    labels.Add(SafeXml.Attribute(xml, "label", file));
                    break;
                case "box":
                    var (left, top) = (SafeXml.Number(xml, "xtl", file), SafeXml.Number(xml, "ytl", file));
                    var box = new ToolBox(null, SafeXml.Attribute(xml, "label", file), left, top, SafeXml.Number(xml, "xbr", file) - left, SafeXml.Number(xml, "ybr", file) - top, here)
                    {
                        TurnsAboutCentre = true,
                        Rotation = xml.GetAttribute("rotation") is null ? 0 : SafeXml.Number(xml, "rotation", file),
                    };
                    var id = Id(xml);
                    boxes.Add(id is null ? box : box with { Id = id, IdIsSure = true });
                    break;
                case "attribute":
                    break;
                default:
                    problems.Add(here.Fault("AnnotationShapeUnsupported", $"{item} has a {xml.Name}, which is no box", xml.Name, "Draw rectangles; other shapes are not taken."));
                    break;
            }
        }
        return answer with { Labels = labels, Boxes = boxes, Problems = problems };
    }

    /// <summary>The value of the attribute that carries the id; stands at the shape's end afterwards.</summary>
    static string? Id(XmlReader xml)
    {
        if (xml.IsEmptyElement) return null;
        var depth = xml.Depth;
        string? id = null;
        var ours = false;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element) ours = xml.Name == "attribute" && xml.GetAttribute("name") == IdAttribute;
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && ours && xml.Value.Trim() is { Length: > 0 } text) id = text;
        }
        return id;
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(double number) => Math.Round(number, 4).ToString(CultureInfo.InvariantCulture);
}
