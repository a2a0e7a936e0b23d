using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Finds predictions that are wrong, or suspected to be, with the reason, worst first.</para>
/// <para>Known failures differ from a label somebody gave, or a user has reported them; the most confident error comes first, and the reason
/// says which of the two it is. Suspected ones nobody has judged: their score is the model's calibrated doubt, on average over the picture
/// and slight variations of it (mirrored, nearer, farther, coarser), moved towards guessing as the image leaves the range of the
/// training images in the model's own embedding space. A second model has a third of the say: the one -Challenger names, or the one that
/// scored in shadow beside the endpoint. A challenger that is better finds far more failures; one that is worse hides some.</para>
/// <para>Failures that look alike share a group. With -Dataset, images the model has not predicted yet are predicted first; without it, the stored
/// predictions are looked through. Of a picture that was not kept, or a model that runs elsewhere, only the stored scores count.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelFailure -Dataset cew -First 50 -ContactSheet ./failures.png</code>
///   <para>The fifty worst predictions of the newest model on cew, and a sheet with their pictures.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelFailure eyes-2 -Since 7d -Known</code>
///   <para>What eyes-2 got wrong in the last week, as far as labels say.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelFailure production -Since 24h -Challenger eyes-3 -Suspected -First 80 | Set-FlywheelAnnotation -Author ann -Label closed -Confirm</code>
///   <para>Goes one by one through what looks wrong because eyes-3 disagrees, and labels it.</para>
/// </example>
[Cmdlet(VerbsCommon.Find, "FlywheelFailure", SupportsShouldProcess = true)]
[OutputType(typeof(Failure))]
public sealed class FindFlywheelFailureCommand : FlywheelCommand
{
    /// <summary>The model: object, name or id. By default the newest one that has predicted anything.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Dataset to look in: object or name. By default all stored predictions of the model.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only predictions made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Since { get; set; }

    /// <summary>Only known failures (unless -Suspected is given too).</summary>
    [Parameter]
    public SwitchParameter Known { get; set; }

    /// <summary>Only suspected failures (unless -Known is given too).</summary>
    [Parameter]
    public SwitchParameter Suspected { get; set; }

    /// <summary>A second model whose disagreement is suspicious: object, name, alias or id. By default the one that scored these images in shadow, if there is one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Challenger { get; set; }

    /// <summary>At most this many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Score a suspected failure needs, from 0 to 1.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double MinScore { get; set; } = 0.2;

    /// <summary>PNG file to draw the failures into, group by group.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <summary>Seed of the grouping.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheet = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheet is not null && !ShouldProcess(sheet, "Draw a contact sheet of the failures")) sheet = null;
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? FailureFinder.DefaultModel(workspace, Dataset is not null) : workspace.GetModel(Model.Key);
            var failures = FailureFinder.Find(workspace, model, new FailureQuery
            {
                Dataset = Dataset?.Name,
                Since = Since?.Time,
                Challenger = Challenger is null ? null : workspace.GetModel(Challenger.Key),
                Known = Known || !Suspected,
                Suspected = Suspected || !Known,
                First = First,
                MinScore = MinScore,
                ContactSheet = sheet,
                Seed = Seed,
            }, sink, token);
            foreach (var failure in failures) sink.Write(failure);
        }, Model?.Workspace ?? Dataset?.Workspace);
    }
}
