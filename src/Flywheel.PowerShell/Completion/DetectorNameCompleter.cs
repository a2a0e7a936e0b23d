using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Flywheel.Engine.Quality.Detectors;

namespace Flywheel.PowerShell;

/// <summary>Completes detectors and groups of them; needs no workspace.</summary>
public sealed class DetectorNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return DetectorRegistry.Choices.Where(c => c.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Select(c => new CompletionResult(c.Name, c.Name, CompletionResultType.ParameterValue, c.About));
    }
}
