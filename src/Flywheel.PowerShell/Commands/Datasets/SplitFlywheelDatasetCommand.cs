using System.Management.Automation;
using Flywheel.Engine.Datasets;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Splits a dataset into training, validation and test: grouped, stratified, seeded and sticky.</para>
/// <para>Images of one group (a subject, a source photo, a machine) stay together, so that a test tells how the model does on others.
/// Every label has about the wanted share in each split. An image that has a split keeps it for good; new images of a known group
/// follow their group, so the command is run again after every import. Labels made by a machine only ever train, and images without a
/// label stay out unless asked for. Warns of labels and groups too few to mean anything, and of near-identical images in two splits.</para>
/// </summary>
/// <example>
///   <code>Split-FlywheelDataset mrl -GroupBy subject</code>
///   <para>70 % training, 10 % validation, 20 % test; no subject is in two of them.</para>
/// </example>
/// <example>
///   <code>Import-FlywheelDataset ./mrl | Split-FlywheelDataset -GroupBy subject -Test 0.3 -Seed 7 -WhatIf</code>
///   <para>Tells how the images would be divided.</para>
/// </example>
/// <example>
///   <code>Split-FlywheelDataset mrl -GroupBy subject -TestGroup s0001, s0002 -Test 0</code>
///   <para>Tests on exactly these two subjects and divides the others between training and validation.</para>
/// </example>
[Cmdlet(VerbsCommon.Split, "FlywheelDataset", SupportsShouldProcess = true)]
[OutputType(typeof(Dataset))]
public sealed class SplitFlywheelDatasetCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <summary>Tag whose equal values stay together. By default what the dataset was split by before, else every image for itself.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GroupBy { get; set; }

    /// <summary>What each split should have in equal shares: 'label', the key of a tag, or 'none'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Stratify { get; set; } = "label";

    /// <summary>Share of training, 0 to 1; 0.7 by default. Shares that are not given divide what the given ones leave.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double Train { get; set; } = double.NaN;

    /// <summary>Share of validation, 0 to 1; 0.1 by default.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double Validation { get; set; } = double.NaN;

    /// <summary>Share of test, 0 to 1; 0.2 by default.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double Test { get; set; } = double.NaN;

    /// <summary>Seed; the same images and the same seed give the same split.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <summary>Groups that go to training.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] TrainGroup { get; set; } = [];

    /// <summary>Groups that are the validation set; no others go there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ValidationGroup { get; set; } = [];

    /// <summary>Groups that are the test set; no others go there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] TestGroup { get; set; } = [];

    /// <summary>Give images without a label a split, too.</summary>
    [Parameter]
    [Alias("IncludeUnlabelled")]
    public SwitchParameter IncludeUnlabeled { get; set; }

    /// <summary>Keep near-identical images together as one group.</summary>
    [Parameter]
    public SwitchParameter KeepDuplicatesTogether { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (IsWhatIf)
        {
            var plan = "";
            RunInWorkspace((workspace, sink, token) =>
            {
                plan = DatasetSplitter.Plan(workspace, Request(), sink, token).ToString();
                sink.Write(workspace.GetDataset(Dataset.Name));
            }, Dataset.Workspace);
            ShouldProcess(plan, "Split");
            return;
        }
        if (!ShouldProcess(Dataset.Name, "Split")) return;
        RunInWorkspace((workspace, sink, token) => sink.Write(DatasetSplitter.Split(workspace, Request(), sink, token)), Dataset.Workspace);
    }

    SplitRequest Request()
    {
        var (train, validation, test) = SplitRequest.FillShares(Given(Train), Given(Validation), Given(Test));
        return new SplitRequest
        {
            Dataset = Dataset.Name,
            GroupBy = GroupBy,
            Stratify = Stratify.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : Stratify,
            Train = train,
            Validation = validation,
            Test = test,
            Seed = Seed,
            TrainGroups = TrainGroup,
            ValidationGroups = ValidationGroup,
            TestGroups = TestGroup,
            IncludeUnlabelled = IncludeUnlabeled,
            KeepDuplicatesTogether = KeepDuplicatesTogether,
        };
    }

    static double? Given(double share) => double.IsNaN(share) ? null : share;
}
