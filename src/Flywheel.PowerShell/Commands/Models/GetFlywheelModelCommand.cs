using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the models of the workspace, oldest first, with their versions in the registry and the aliases that point to them.</para>
/// <para>A published model can be called by an alias (production), by its version (v3), or by both: production@3 is version 3, which must have been in
/// production at some time.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelModel</code>
///   <para>All models.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelModel production</code>
///   <para>The model in use.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelModel mrl-* | ForEach-Object Curve</code>
///   <para>The training curves of the models whose name begins with mrl-.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelModel")]
[OutputType(typeof(Model))]
public sealed class GetFlywheelModelCommand : FlywheelCommand
{
    /// <summary>Name, alias, version (v3), id or the beginning of an id; <c>*</c> and <c>?</c> are wildcards. All models by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var key = Model?.Key ?? "*";
        RunInWorkspace((workspace, sink, _) =>
        {
            if (!WildcardPattern.ContainsWildcardCharacters(key))
            {
                sink.Write(workspace.GetModel(key));
                return;
            }
            var pattern = WildcardPattern.Get(key, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            foreach (var model in RegistryService.Models(workspace))
                if (pattern.IsMatch(model.Name) || pattern.IsMatch(model.Id) || model.Aliases.Any(pattern.IsMatch)) sink.Write(model);
        }, Model?.Workspace);
    }
}
