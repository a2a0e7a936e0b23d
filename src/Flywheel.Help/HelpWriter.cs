using System.Globalization;
using System.Xml.Linq;

namespace Flywheel.Help;

/// <summary>Writes MAML, the form Get-Help reads.</summary>
static class HelpWriter
{
    static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    static readonly XNamespace s_help = "http://msh";

    public static XDocument Write(IEnumerable<CmdletHelp> cmdlets) =>
        new(new XElement(s_help + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(Command)));

    static XElement Command(CmdletHelp cmdlet)
    {
        var parameters = cmdlet.SupportsShouldProcess ? [.. cmdlet.Parameters, .. s_shouldProcess] : cmdlet.Parameters;
        return new XElement(s_command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", s_maml), new XAttribute(XNamespace.Xmlns + "command", s_command), new XAttribute(XNamespace.Xmlns + "dev", s_dev),
            new XElement(s_command + "details",
                new XElement(s_command + "name", cmdlet.Name),
                new XElement(s_command + "verb", cmdlet.Verb),
                new XElement(s_command + "noun", cmdlet.Noun),
                Description(cmdlet.Summary.Take(1))),
            Description(cmdlet.Summary.Count > 1 ? cmdlet.Summary.Skip(1) : cmdlet.Summary),
            new XElement(s_command + "syntax", Sets(parameters).Select(set => new XElement(s_command + "syntaxItem",
                new XElement(s_maml + "name", cmdlet.Name),
                parameters.Select(p => (p, In: In(p, set))).Where(x => x.In is not null)
                    .OrderBy(x => x.In!.Position ?? int.MaxValue).ThenBy(x => !x.In!.Mandatory)
                    .Select(x => Parameter(x.p, x.In!, full: false))))),
            new XElement(s_command + "parameters", parameters.Select(p => Parameter(p, p.Sets[0], full: true))),
            new XElement(s_command + "inputTypes", parameters.Where(p => p.Sets.Any(s => s.FromPipeline)).Select(p => new XElement(s_command + "inputType",
                new XElement(s_dev + "type", new XElement(s_maml + "name", p.Type ?? "SwitchParameter")), Description([$"Taken by -{p.Name}."])))),
            new XElement(s_command + "returnValues", cmdlet.Outputs.Select(type => new XElement(s_command + "returnValue",
                new XElement(s_dev + "type", new XElement(s_maml + "name", type))))),
            new XElement(s_command + "examples", cmdlet.Examples.Select((example, i) => new XElement(s_command + "example",
                new XElement(s_maml + "title", string.Create(CultureInfo.InvariantCulture, $"-------------------------- Example {i + 1} --------------------------")),
                new XElement(s_dev + "code", example.Code),
                new XElement(s_dev + "remarks", Paras(example.Remarks))))));
    }

    static readonly ParameterHelp[] s_shouldProcess =
    [
        new("WhatIf", null, [], ["wi"], false, ["Says what would be done, and does nothing."], [new("__AllParameterSets", false, null, false, false)]),
        new("Confirm", null, [], ["cf"], false, ["Asks before it is done."], [new("__AllParameterSets", false, null, false, false)]),
    ];

    static IEnumerable<string> Sets(IReadOnlyList<ParameterHelp> parameters) =>
        parameters.SelectMany(p => p.Sets).Select(s => s.Name).Where(n => n != "__AllParameterSets").Distinct().DefaultIfEmpty("__AllParameterSets");

    static ParameterSetHelp? In(ParameterHelp parameter, string set) =>
        parameter.Sets.FirstOrDefault(s => s.Name == set) ?? parameter.Sets.FirstOrDefault(s => s.Name == "__AllParameterSets");

    static XElement Parameter(ParameterHelp parameter, ParameterSetHelp set, bool full) => new(s_command + "parameter",
        new XAttribute("required", Bool(set.Mandatory)),
        new XAttribute("variableLength", "true"),
        new XAttribute("globbing", Bool(parameter.Wildcards)),
        new XAttribute("pipelineInput", (set.FromPipeline, set.FromPipelineByName) switch
        {
            (true, true) => "True (ByValue, ByPropertyName)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        }),
        new XAttribute("position", set.Position is { } position ? position.ToString(CultureInfo.InvariantCulture) : "named"),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(s_maml + "name", parameter.Name),
        Description(full && parameter.Values.Count > 0 ? [.. parameter.Description, $"Values: {string.Join(", ", parameter.Values)}."] : parameter.Description),
        parameter.Values.Count > 0 && !full
            ? new XElement(s_command + "parameterValueGroup", parameter.Values.Select(v => new XElement(s_command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), v)))
            : null,
        parameter.Type is null ? null : new XElement(s_command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), parameter.Type),
        new XElement(s_dev + "type", new XElement(s_maml + "name", parameter.Type ?? "SwitchParameter")));

    static XElement Description(IEnumerable<string> paragraphs) => new(s_maml + "description", Paras(paragraphs));

    static IEnumerable<XElement> Paras(IEnumerable<string> paragraphs) => paragraphs.Select(p => new XElement(s_maml + "para", p));

    static string Bool(bool value) => value ? "true" : "false";
}
