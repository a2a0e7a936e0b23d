using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Where a source's images and their labels stand.</summary>
static class SourceTruth
{
    /// <summary>The source's path, or the manifest of drawn samples.</summary>
    /// <param name="source">The source.</param>
    /// <param name="context">Knows where samples were drawn.</param>
    /// <param name="truth">True: where its labels stand.</param>
    public static string PathOf(DataSource source, LoopContext context, bool truth)
    {
        if (source.Path is not null) return source.Path;
        var sample = context.Output<SampleOutput>(StageNames.Sample);
        return source.Sample switch
        {
            "lab" => sample.Lab,
            "field" => truth ? sample.FieldTruth : sample.Field,
            _ => sample.FieldTest,
        };
    }

    /// <summary>What the source says of images that were imported without their labels.</summary>
    public static TruthSource Open(DataSource source, LoopContext context) => TruthSource.Open(new TruthRequest
    {
        Path = PathOf(source, context, truth: true),
        NamePattern = source.NamePattern,
        LabelMap = source.LabelMap.Count > 0 ? source.LabelMap : null,
    }, NullReporter.Instance, context.Token); // files that tell no label were reported at import
}
