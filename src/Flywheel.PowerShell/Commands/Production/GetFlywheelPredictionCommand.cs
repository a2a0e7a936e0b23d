using System.Collections;
using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists stored predictions, the newest first: the catalogue for looking through production by hand.</para>
/// <para>Filters join by "and". A prediction counts as right or wrong by the image's label, or else by the newest report on it. Only the newest
/// prediction of each image is listed unless -All is given, and shadow predictions only when -Source asks for them. With -Similar,
/// the predictions are ranked by how much their image looks like another one to the model. Predictions stream: the first come at once.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelPrediction -Since 24h -Verdict Wrong -Reason glare</code>
///   <para>What was wrong since yesterday and was complained about with the word glare.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelPrediction -Model production -MaxConfidence 0.7 -Tag @{ camera = 'north*' } -Property 'width&lt;=30' -ContactSheet ./unsure.png</code>
///   <para>Unsure answers on small pictures of the northern cameras, and a sheet with them.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelPrediction -Similar ./strange.jpg -First 12</code>
///   <para>The twelve predictions whose images look most like a picture.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelPrediction -Model challenger -Source Shadow | Group-Object Label -NoElement</code>
///   <para>What the challenger would have said.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelPrediction", DefaultParameterSetName = "Query", SupportsShouldProcess = true)]
[OutputType(typeof(Prediction))]
public sealed class GetFlywheelPredictionCommand : FlywheelCommand
{
    /// <summary>What a sheet shows at most.</summary>
    const int MostOnSheet = 500;

    const string Similarity = "Flywheel.Prediction#Similar";

    /// <summary>Prediction ids, or their first digits (at least eight).</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [Alias("PredictionId")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>The model: object, name, alias or id. By default all models; with -Similar, the newest one that has predicted anything.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Query")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Only of images of this dataset: object or name.</summary>
    [Parameter(Position = 1, ParameterSetName = "Query")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only those made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter(ParameterSetName = "Query")]
    public SinceReference? Since { get; set; }

    /// <summary>Only those made before then.</summary>
    [Parameter(ParameterSetName = "Query")]
    public SinceReference? Until { get; set; }

    /// <summary>Only those that predict one of these labels.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string[]? Label { get; set; }

    /// <summary>Confidence of at least this, 0 to 1.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateRange(0.0, 1.0)]
    public double? MinConfidence { get; set; }

    /// <summary>Confidence of at most this, 0 to 1.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateRange(0.0, 1.0)]
    public double? MaxConfidence { get; set; }

    /// <summary>Only those whose own tags, or else their image's, have these values; * and ? are wildcards.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TagCompleter))]
    public Hashtable? Tag { get; set; }

    /// <summary>Only those of images that meet these conditions, such as 'width&lt;=30'.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    public string[]? Property { get; set; }

    /// <summary>Only right ones, wrong ones, or those nobody has judged: Right, Wrong, Unknown.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateSet("Right", "Wrong", "Unknown")]
    public string? Verdict { get; set; }

    /// <summary>Only those with a report.</summary>
    [Parameter(ParameterSetName = "Query")]
    public SwitchParameter Reported { get; set; }

    /// <summary>Only those with a report whose reason contains this text.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Only those made in one of these ways: Batch, Endpoint, Shadow, Import. By default all but Shadow.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    public PredictionSource[]? Source { get; set; }

    /// <summary>Rank by similarity to this image: object, id, or any picture file. The twenty most similar, unless -First says otherwise.</summary>
    [Parameter(ParameterSetName = "Query")]
    public ImageReference? Similar { get; set; }

    /// <summary>Every prediction of an image, not only the newest.</summary>
    [Parameter(ParameterSetName = "Query")]
    public SwitchParameter All { get; set; }

    /// <summary>At most this many.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <summary>PNG file to draw the first five hundred into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheet = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheet is not null && !ShouldProcess(sheet, "Draw a contact sheet of the predictions")) sheet = null;
        // A path is told from an id by what there is.
        var similar = Similar is null ? null : File.Exists(ResolvePath(Similar.Id)) ? ResolvePath(Similar.Id) : Similar.Id;
        RunInWorkspace((workspace, sink, token) =>
        {
            var drawn = new List<Prediction>();
            foreach (var prediction in ParameterSetName == "Id" ? ById(workspace, sink) : similar is null ? workspace.Catalogue.Predictions(Query(workspace)) : Ranked(workspace, similar, sink, token))
            {
                token.ThrowIfCancellationRequested();
                if (sheet is not null && drawn.Count < MostOnSheet) drawn.Add(prediction);
                sink.Write(prediction.Similarity is null ? prediction : WithSimilarity(prediction));
            }
            if (sheet is not null) PredictionCatalogue.SaveSheet(sheet, drawn, sink, token);
        }, Model?.Workspace ?? Dataset?.Workspace);
    }

    IEnumerable<Prediction> ById(Engine.Workspaces.Workspace workspace, CommandSink sink)
    {
        foreach (var id in Id)
        {
            if (workspace.Catalogue.FindPrediction(id) is { } found) yield return found;
            else
                sink.Fault(new FlywheelException("PredictionNotFound", FaultCategory.NotFound, $"There is no prediction '{id}' in the catalogue.", id, "Give the id, or at least eight of its first digits."));
        }
    }

    IReadOnlyList<Prediction> Ranked(Engine.Workspaces.Workspace workspace, string image, CommandSink sink, CancellationToken token) => PredictionCatalogue.Similar(workspace,
        Model is null ? FailureFinder.DefaultModel(workspace, false) : workspace.GetModel(Model.Key), Query(workspace) with { First = First > 0 ? First : 20 }, image, sink, token);

    PredictionQuery Query(Engine.Workspaces.Workspace workspace) => new()
    {
        ModelId = Model is null ? null : workspace.GetModel(Model.Key).Id,
        Dataset = Dataset is null ? null : workspace.GetDataset(Dataset.Name).Name,
        Since = Since?.Time,
        Until = Until?.Time,
        Labels = Label,
        MinConfidence = MinConfidence,
        MaxConfidence = MaxConfidence,
        Tags = StringMap.From(Tag),
        Properties = [.. (Property ?? []).Select(PropertyCondition.Parse)],
        Correct = Verdict switch { "Right" => true, "Wrong" => false, _ => null },
        Judged = Verdict == "Unknown" ? false : null,
        HasFeedback = Reported ? true : null,
        Reason = Reason,
        Sources = Source,
        LatestPerImage = !All,
        NewestFirst = true,
        First = First > 0 ? First : null,
    };

    /// <summary>The same object, shown with its similarity.</summary>
    static PSObject WithSimilarity(Prediction prediction)
    {
        var shown = new PSObject(prediction);
        shown.TypeNames.Insert(0, Similarity);
        return shown;
    }
}
