namespace Flywheel.Help;

/// <summary>All that is said of one cmdlet.</summary>
sealed record CmdletHelp(string Verb, string Noun, bool SupportsShouldProcess, IReadOnlyList<string> Summary, IReadOnlyList<ExampleHelp> Examples, IReadOnlyList<ParameterHelp> Parameters, IReadOnlyList<string> Outputs)
{
    public string Name => $"{Verb}-{Noun}";
}

/// <summary>One example: what to type and what it does.</summary>
sealed record ExampleHelp(string Code, IReadOnlyList<string> Remarks);

/// <summary>One parameter in one or more parameter sets.</summary>
/// <param name="Name">Its name without the dash.</param>
/// <param name="Type">Short name of its type; null for a switch.</param>
/// <param name="Values">The values it accepts, if they can be listed.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="Wildcards">True if it takes wildcards.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Sets">How it stands in each set.</param>
sealed record ParameterHelp(string Name, string? Type, IReadOnlyList<string> Values, IReadOnlyList<string> Aliases, bool Wildcards, IReadOnlyList<string> Description, IReadOnlyList<ParameterSetHelp> Sets);

/// <summary>How a parameter stands in a set; the name "__AllParameterSets" means every set.</summary>
sealed record ParameterSetHelp(string Name, bool Mandatory, int? Position, bool FromPipeline, bool FromPipelineByName);
