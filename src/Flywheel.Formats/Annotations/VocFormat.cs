using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Flywheel.Formats.Annotations;

/// <summary>
/// Pascal VOC: an XML file beside each image, as LabelImg writes it and CVAT, Label Studio and Roboflow export it. Edges are taken as they are,
/// width = xmax − xmin, without the one pixel that the 2007 devkit counts more (tools disagree on it). There are no ids of objects. A file
/// without objects says that there is nothing; no file says nothing.
/// </summary>
public static class VocFormat
{
    /// <summary>The text of one image's file.</summary>
    /// <param name="image">The image; its boxes are written.</param>
    /// <param name="folder">Name of the folder of images.</param>
    public static string Write(TaskImage image, string folder)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new XElement("annotation",
            new XElement("folder", folder),
            new XElement("filename", image.File),
            new XElement("source", new XElement("database", "Flywheel")),
            new XElement("size", new XElement("width", image.Width), new XElement("height", image.Height), new XElement("depth", 3)),
            new XElement("segmented", 0),
            (image.Boxes ?? []).Select(b => new XElement("object",
                new XElement("name", b.Label), new XElement("pose", "Unspecified"), new XElement("truncated", 0), new XElement("difficult", 0),
                new XElement("bndbox", new XElement("xmin", Text(b.X)), new XElement("ymin", Text(b.Y)), new XElement("xmax", Text(b.X + b.Width)), new XElement("ymax", Text(b.Y + b.Height)))))).ToString() + "\n";
    }

    /// <summary>Reads one image's file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="file">Its path, for messages; its name is believed before the element <c>filename</c>, which copying and renaming leave wrong.</param>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line.</exception>
    public static ToolAnswer Read(Stream stream, string file) => SafeXml.Read(stream, file, xml =>
    {
        var document = XElement.Load(xml, LoadOptions.SetLineInfo);
        if (document.Name.LocalName != "annotation") throw Place(document, file).Fault("AnnotationFileInvalid", $"the root is <{document.Name.LocalName}>, not <annotation>", document.Name.LocalName, "Give files in the layout of Pascal VOC.");
        var stem = Path.GetFileNameWithoutExtension(file);
        var stated = document.Element("filename")?.Value.Trim();
        var item = $"'{Path.GetFileName(file)}'";
        var boxes = new List<ToolBox>();
        var problems = new List<FlywheelException>();
        foreach (var thing in document.Elements("object"))
        {
            var place = Place(thing, file);
            var label = thing.Element("name")?.Value.Trim();
            if (string.IsNullOrEmpty(label)) throw place.Fault("AnnotationFileInvalid", "an object has no name", "name", Action);
            if (thing.Element("bndbox") is not { } box) throw place.Fault("AnnotationFileInvalid", $"the object '{label}' has no bndbox", "bndbox", Action);
            var (left, top, right, bottom) = (Number(box, "xmin", file), Number(box, "ymin", file), Number(box, "xmax", file), Number(box, "ymax", file));
            boxes.Add(new ToolBox(null, label, left, top, right - left, bottom - top, place));
        }
        var size = document.Element("size");
        return new ToolAnswer
        {
            File = stem + (Path.GetExtension(stated) is { Length: > 0 } extension ? extension : ""),
            Item = item,
            Place = new FilePlace(file),
            State = ToolAnswerState.Present,
            Boxes = boxes,
            Problems = problems,
            Width = SafeXml.Size(size?.Element("width")?.Value),
            Height = SafeXml.Size(size?.Element("height")?.Value),
        };
    });

    const string Action = "Correct the file. Nothing of it was taken.";

    static double Number(XElement box, string name, string file)
    {
        if (box.Element(name) is not { } element) throw Place(box, file).Fault("AnnotationFileInvalid", $"the element <{name}> is missing", name, Action);
        return SafeXml.TryNumber(element.Value, out var number) ? number : throw Place(element, file).Fault("AnnotationFileInvalid", $"<{name}> is '{element.Value}', no number", element.Value, Action);
    }

    static FilePlace Place(XElement element, string file) => element is IXmlLineInfo info && info.HasLineInfo() ? new FilePlace(file, info.LineNumber, info.LinePosition, $"<{element.Name.LocalName}>") : new FilePlace(file);

    static string Text(double number) => Math.Round(number, 4).ToString(CultureInfo.InvariantCulture);
}
