using System.Reflection;

namespace Flywheel.Help;

/// <summary>
/// Reads cmdlet classes by their attributes' raw data: the assembly is compiled against the reference library of the PowerShell
/// engine, whose members cannot be run.
/// </summary>
static class CmdletReader
{
    const string Automation = "System.Management.Automation.";

    public static IReadOnlyList<CmdletHelp> Read(Assembly assembly, DocumentationFile documentation) =>
        [.. from type in assembly.GetExportedTypes()
            let cmdlet = Data(type, "CmdletAttribute").FirstOrDefault()
            where cmdlet is not null
            orderby type.Name
            select Read(type, cmdlet, documentation)];

    static CmdletHelp Read(Type type, CustomAttributeData cmdlet, DocumentationFile documentation)
    {
        var member = documentation.Of(type);
        return new CmdletHelp(
            (string)cmdlet.ConstructorArguments[0].Value!,
            (string)cmdlet.ConstructorArguments[1].Value!,
            Named(cmdlet, "SupportsShouldProcess", false),
            DocumentationFile.Paragraphs(member?.Element("summary")),
            [.. (member?.Elements("example") ?? []).Select(e => new ExampleHelp(e.Element("code") is { } code ? DocumentationFile.Code(code) : "", DocumentationFile.Paragraphs(e)))],
            [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => Data(p, "ParameterAttribute").Length > 0).OrderBy(Rank).Select(p => Parameter(p, documentation))],
            [.. Data(type, "OutputTypeAttribute").SelectMany(OutputTypes).Distinct()]);

        // The cmdlet's own parameters first, in the order they are written, then those of its bases.
        int Rank(PropertyInfo p) => (p.DeclaringType == type ? 0 : 100_000) + (p.MetadataToken & 0xFFFF);
    }

    static IEnumerable<string> OutputTypes(CustomAttributeData data) => data.ConstructorArguments
        .SelectMany(a => a.Value is IReadOnlyCollection<CustomAttributeTypedArgument> many ? many.Select(m => m.Value) : [a.Value])
        .Select(v => v is Type t ? t.FullName! : v?.ToString() ?? "");

    static ParameterHelp Parameter(PropertyInfo property, DocumentationFile documentation)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var element = type.IsArray ? type.GetElementType()! : type;
        var values = element.IsEnum
            ? element.GetEnumNames()
            : Data(property, "ValidateSetAttribute").SelectMany(OutputTypes).ToArray();
        return new ParameterHelp(
            property.Name,
            type.FullName == Automation + "SwitchParameter" ? null : Name(type),
            values,
            [.. Data(property, "AliasAttribute").SelectMany(OutputTypes)],
            Data(property, "SupportsWildcardsAttribute").Length > 0,
            DocumentationFile.Paragraphs(documentation.Of(property)?.Element("summary")),
            [.. Data(property, "ParameterAttribute").Select(a => new ParameterSetHelp(
                Named(a, "ParameterSetName", "__AllParameterSets"),
                Named(a, "Mandatory", false),
                Named(a, "Position", int.MinValue) is var position && position >= 0 ? position : null,
                Named(a, "ValueFromPipeline", false),
                Named(a, "ValueFromPipelineByPropertyName", false)))]);
    }

    // A reference type stands for the noun it accepts: DatasetReference → Dataset.
    static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner);
        var name = type.IsGenericType ? type.Name.Split('`')[0] : type.Name;
        return name.EndsWith("Reference", StringComparison.Ordinal) && name.Length > 9 ? name[..^9] : name;
    }

    static CustomAttributeData[] Data(MemberInfo member, string attribute) =>
        [.. member.GetCustomAttributesData().Where(a => a.AttributeType.FullName == Automation + attribute)];

    static T Named<T>(CustomAttributeData data, string name, T otherwise) =>
        data.NamedArguments.Where(a => a.MemberName == name).Select(a => a.TypedValue.Value).FirstOrDefault() is T value ? value : otherwise;
}
