using System.Management.Automation;
using Flywheel.Engine.Production;
using Flywheel.Engine.Production.Slices;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Names the conditions under which a model fails more often, in plain English.</para>
/// <para>Conditions are bounds on measured properties, tags, the predicted label, words of user reports and looks that the model tells apart,
/// up to three of them joined. Half of the images, drawn by group, is searched; the other half, which the search never sees, confirms each slice
/// or not: its counts, rates and p are those of that half. Known errors come from labels and reports; where few are known, the model's own
/// calibrated doubt is searched instead. What all of production has in common, such as a small size, shows only beside other images:
/// with -Against it is told, and tested as one slice more. A tag that stands for the label, as a folder named after it does, is left out.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelSlice eyes-2 -Since 30d -ContactSheetFolder ./slices</code>
///   <para>The confirmed slices of the last thirty days, each with a sheet of its pictures, the worst first.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelSlice -Dataset field -All | Format-List</code>
///   <para>Every slice that was tested on field, the ones that did not hold as well, with all figures.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelSlice eyes-2 -Dataset cew -Against Reference</code>
///   <para>What sets the failures on cew apart from the images the model was tested on.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelSlice eyes-2 | Select-Object -First 1 | Send-FlywheelAnnotation -Path ./to-label</code>
///   <para>Hands the images of the costliest slice to people.</para>
/// </example>
[Cmdlet(VerbsCommon.Find, "FlywheelSlice", SupportsShouldProcess = true)]
[OutputType(typeof(Slice))]
public sealed class FindFlywheelSliceCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id or alias. By default the newest one that has predicted anything.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Dataset to look in: object or name; what the model has not predicted of it is predicted first. By default all stored predictions of the model.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only predictions made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Since { get; set; }

    /// <summary>Labelled images to stand beside: Reference for those the model was tested on, or a dataset. They are taken as they are, and are in no slice.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Against { get; set; }

    /// <summary>Tag whose equal values belong together, such as a person: halves and intervals go by it. By default the one the dataset was split by.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GroupBy { get; set; }

    /// <summary>Which errors count: Known, Expected, or by default known ones if at least half of the images have a label.</summary>
    [Parameter]
    public SliceErrors Errors { get; set; } = SliceErrors.Auto;

    /// <summary>Most conditions joined.</summary>
    [Parameter]
    [ValidateRange(1, 3)]
    public int Conditions { get; set; } = 3;

    /// <summary>Largest Benjamini-Hochberg q of a confirmed slice.</summary>
    [Parameter]
    [ValidateRange(0.0001, 0.5)]
    public double MaxQ { get; set; } = 0.05;

    /// <summary>Also the slices that did not hold on the half that was not searched.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Folder to draw a contact sheet of each slice into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheetFolder { get; set; }

    /// <summary>Seed of the halves.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheets = ContactSheetFolder is null ? null : ResolvePath(ContactSheetFolder);
        if (sheets is not null && !ShouldProcess(sheets, "Draw a contact sheet of each slice")) sheets = null;
        var store = !IsWhatIf;
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? FailureFinder.DefaultModel(workspace, Dataset is not null) : workspace.GetModel(Model.Key);
            var slices = SliceFinder.Find(workspace, model, new SliceQuery
            {
                Dataset = Dataset?.Name,
                Since = Since?.Time,
                Against = Against?.Name,
                GroupBy = GroupBy,
                Errors = Errors,
                Conditions = Conditions,
                MaxQ = MaxQ,
                All = All,
                ContactSheetFolder = sheets,
                Store = store,
                Seed = Seed,
            }, sink, token);
            foreach (var slice in slices) sink.Write(slice);
        }, Model?.Workspace ?? Dataset?.Workspace);
    }
}
