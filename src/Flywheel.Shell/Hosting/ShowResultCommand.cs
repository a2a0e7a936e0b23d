using System.Management.Automation;

namespace Flywheel.Shell.Hosting;

/// <summary>
/// The end of every pipeline: Out-Default, begun anew where a Flywheel object follows one of another type. The engine gives a whole
/// pipeline the shape of its first object, so that in a script a model after a dataset would show as a bare list.
/// </summary>
[Cmdlet(VerbsCommon.Show, "Result")]
public sealed class ShowResultCommand : PSCmdlet, IDisposable
{
    SteppablePipeline? _show;
    string? _type;

    /// <summary>A result.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var type = InputObject is { TypeNames: [var first, ..] } ? first : "";
        if (_show is not null && type != _type && (IsOurs(type) || IsOurs(_type!))) End();
        if (_show is null)
        {
            _show = ScriptBlock.Create("Microsoft.PowerShell.Core\\Out-Default").GetSteppablePipeline(CommandOrigin.Internal);
            _show.Begin(expectInput: true);
        }
        _type = type;
        _show.Process(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => End();

    /// <inheritdoc/>
    public void Dispose() => _show?.Dispose();

    void End()
    {
        _show?.End();
        _show?.Dispose();
        _show = null;
    }

    static bool IsOurs(string type) => type.StartsWith("Flywheel.", StringComparison.Ordinal);
}
