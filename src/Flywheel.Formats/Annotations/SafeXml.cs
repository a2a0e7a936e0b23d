using System.Globalization;
using System.Xml;

namespace Flywheel.Formats.Annotations;

/// <summary>XML from strangers: no DTD, hence no entities that blow up or reach out; bounded in size; faults with line and column.</summary>
static class SafeXml
{
    static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = AnnotationFile.LargestFile,
        CloseInput = false,
    };

    public static T Read<T>(Stream stream, string file, Func<XmlReader, T> work)
    {
        try
        {
            using var xml = XmlReader.Create(stream, s_settings);
            return work(xml);
        }
        catch (XmlException e)
        {
            throw Place(e, stream, file).Fault("AnnotationFileInvalid",
                e.Message.Contains("DTD", StringComparison.Ordinal) ? "the file has a document type definition, which no tool writes and which can do harm" : $"the file is no XML: {Reason(e)}", file,
                "Export the file again; it may have been cut off. Nothing of it was taken.", e);
        }
    }

    /// <summary>Where the reader failed. It does not tell the place of a DTD that it refuses.</summary>
    static FilePlace Place(XmlException e, Stream stream, string file)
    {
        if (e.LineNumber > 0) return new FilePlace(file, e.LineNumber, e.LinePosition);
        if (!stream.CanSeek) return new FilePlace(file);
        stream.Position = 0;
        var head = new byte[1 << 16];
        var n = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var at = head.AsSpan(0, n).IndexOf("<!DOCTYPE"u8);
        return at < 0 ? new FilePlace(file) : new FilePlace(file, head.AsSpan(0, at).Count((byte)'\n') + 1, at - head.AsSpan(0, at).LastIndexOf((byte)'\n'));
    }

    public static FilePlace Here(XmlReader xml, string file) => xml is IXmlLineInfo info && info.HasLineInfo() ? new FilePlace(file, info.LineNumber, info.LinePosition, Element(xml)) : new FilePlace(file, null, null, Element(xml));

    static string? Element(XmlReader xml) => xml.NodeType is XmlNodeType.Element or XmlNodeType.EndElement ? $"<{xml.Name}>" : null;

    public static string Attribute(XmlReader xml, string name, string file) =>
        xml.GetAttribute(name) ?? throw Here(xml, file).Fault("AnnotationFileInvalid", $"the attribute '{name}' is missing", name, "Export the file again, or correct this place. Nothing of it was taken.");

    /// <summary>A number; "NaN" and infinities pass, for whoever judges the box.</summary>
    public static double Number(XmlReader xml, string name, string file)
    {
        var text = Attribute(xml, name, file);
        return TryNumber(text, out var number) ? number : throw Here(xml, file).Fault("AnnotationFileInvalid", $"the attribute '{name}' is '{text}', no number", text, "Export the file again, or correct this place. Nothing of it was taken.");
    }

    public static bool TryNumber(string text, out double number) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    public static int? Size(string? text) => text is not null && TryNumber(text, out var number) && number is > 0 and < int.MaxValue ? (int)number : null;

    static string Reason(XmlException e)
    {
        var cut = e.Message.IndexOf(" Line ", StringComparison.Ordinal);
        return (cut > 0 ? e.Message[..cut] : e.Message).TrimEnd('.');
    }
}
