namespace Flywheel.Engine.Loops.Stages;

/// <summary>Names of the stages, as users see them.</summary>
static class StageNames
{
    public const string Sample = "sample";
    public const string FirstLabels = "first labels";
    public const string Train = "train";
    public const string Evaluate = "evaluate";
    public const string FirstPublish = "first publish";
    public const string Watch = "watch";
    public const string Decide = "decide";
    public const string Publish = "publish";
    public const string Produce = "production";
    public const string Adapt = "adapt";
    public const string Mine = "mine";
    public const string Select = "select";
    public const string Label = "label";
    public const string Retrain = "retrain";
    public const string Prove = "prove";
    public const string Report = "report";
    public const string Gate = "gate";

    public static string Import(string source) => "import " + source;

    public static string Split(string source) => "split " + source;

    public static string Divide(string source) => "divide " + source;

    public static string Control(string control) => "control " + control;
}
