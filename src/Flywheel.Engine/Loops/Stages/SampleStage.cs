using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Samples;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Draws the sample sets the definition asks for, all in one folder.</summary>
sealed class SampleStage(LoopDefinition loop) : LoopStage(loop, StageNames.Sample, "draws sample eyes")
{
    int Images(string kind) => Loop.Data.FirstOrDefault(s => s.Sample == kind)?.SampleImages ?? 0;

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(1 + (Images("lab") + Images("field") + Images("field-test")) / 400.0);

    static string Folder(LoopContext context) => Path.Combine(context.Workspace.Root, "sample");

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["images"] = $"lab {Images("lab")}, field {Images("field")}, field-test {Images("field-test")}",
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context)
    {
        var sample = context.State.Output<SampleOutput>(Name)!;
        return File.Exists(sample.Lab) && File.Exists(sample.Field) && File.Exists(sample.FieldTruth) && File.Exists(sample.FieldTest);
    }

    public override StageOutcome Run(LoopContext context)
    {
        var request = new SampleRequest { Lab = Images("lab"), Field = Images("field"), FieldTest = Images("field-test"), Seed = Loop.Seed, Force = true };
        var drawn = SampleDatasetWriter.Write(Folder(context), request, context.Reporter, context.Token);
        return new StageOutcome($"{Count(request.Lab + request.Field + request.FieldTest)} drawn in {drawn.Path}",
            new SampleOutput(drawn.LabManifest, drawn.FieldManifest, drawn.FieldTruth, drawn.FieldTestManifest));
    }
}

/// <summary>The manifests.</summary>
sealed record SampleOutput(string Lab, string Field, string FieldTruth, string FieldTest);
