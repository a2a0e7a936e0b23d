using CsCheck;
using Flywheel.Engine.Registry.Gates;

namespace Flywheel.Engine.Tests.Registry;

public class GateParserTests
{
    [Theory]
    [InlineData("accuracy >= champion - 0.005", "accuracy >= champion - 0.005")]
    [InlineData("recall[closed]>=95%", "recall[closed] >= 0.95")]
    [InlineData("Balanced  Accuracy > 0.9 or unclear", "balanced accuracy > 0.9 or unclear")]
    [InlineData("latency.p95 <= 20ms", "latency.p95 <= 0.02 s")]
    [InlineData("latency.p99 < 1.2 * champion + 1 ms", "latency.p99 < 1.2 * champion + 0.001 s")]
    [InlineData("size ≤ 5MB", "size <= 5000000 B")]
    [InlineData("size <= champion * 110%", "size <= 1.1 * champion")]
    [InlineData("images >= 200", "images >= 200")]
    [InlineData("calibration error <= 0.05", "calibration error <= 0.05")]
    [InlineData("accuracy[glasses=1, width <= 30] >= champion", "accuracy[glasses=1, width<=30] >= champion")]
    [InlineData("recall['half open', subject=0012] >= 0.5", "recall['half open', subject=0012] >= 0.5")]
    [InlineData("no slice worse than champion by 0.02", "no slice worse than champion by 0.02")]
    [InlineData("NO SLICE worse than champion by 2% or unclear", "no slice worse than champion by 0.02 or unclear")]
    [InlineData("no slice worse than champion", "no slice worse than champion by 0")]
    public void Demands_are_read(string text, string canonical) => Assert.Equal(canonical, GateParser.Parse(text).ToString());

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("acuracy >= 0.9", 1, "Did you mean 'accuracy'?")]
    [InlineData("recall >= 0.9", 8, "needs a label")]
    [InlineData("recall[glasses=1] >= 0.9", 1, "needs a label")]
    [InlineData("accuracy[closed] >= 0.9", 10, "lacks a condition")]
    [InlineData("accuracy >= champoin", 13, "Did you mean 'champion'?")]
    [InlineData("accuracy = 0.9", 10, "comparison is expected")]
    [InlineData("accuracy >= 95", 13, "between 0 and 1")]
    [InlineData("accuracy >= -0.1", 13, "between 0 and 1")]
    [InlineData("accuracy >= 0.9 0.8", 17, "should end here")]
    [InlineData("accuracy >= 0.9 or unclaer", 20, "Did you mean 'unclear'?")]
    [InlineData("accuracy >= 20ms", 13, "'ms' is no unit")]
    [InlineData("latency.p95 <= 20", 16, "needs a unit")]
    [InlineData("latency.p95 <= 20mb", 16, "'mb' is no unit")]
    [InlineData("latency.p95 <= 20xs", 18, "'xs' is not a unit")]
    [InlineData("latency.p90 <= 20ms", 1, "Did you mean 'latency.p50'?")]
    [InlineData("latency.p95[glasses=1] <= 20ms", 13, "not measured on a part")]
    [InlineData("accuracy[widht<=30] >= 0.9", 15, "Did you mean 'width'?")]
    [InlineData("accuracy[glasses=1 >= 0.9", 20, "']' is expected")]
    [InlineData("recall['closed] >= 0.9", 8, "not closed")]
    [InlineData("recall[closed, open] >= 0.9", 16, "second label")]
    [InlineData("no slice worse then champion", 16, "Did you mean 'than'?")]
    [InlineData("no slice worse than champion by 1.5", 33, "outside 0..1")]
    [InlineData("images >= champion", 11, "same images")]
    [InlineData("accuracy >= 0.9 ; rm", 17, "has no meaning")]
    [InlineData("accuracy >= 1.2.3", 13, "not a number")]
    public void Faults_say_where_and_what(string text, int column, string message)
    {
        var fault = Assert.Throws<FlywheelException>(() => GateParser.Parse(text));
        Assert.Equal(("GateSyntax", FaultCategory.InvalidArgument), (fault.ErrorId, fault.Category));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((1, column), (fault.Location!.Line!.Value, fault.Location.Column!.Value));
        Assert.NotEmpty(fault.RecommendedAction!);
    }

    [Fact]
    public void In_a_file_the_place_is_the_files()
    {
        var fault = Assert.Throws<FlywheelException>(() => GateParser.Parse("acuracy >= 1", new SourceLocation("eyes.yaml", 12, 11)));
        Assert.StartsWith("eyes.yaml(12,11): ", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<FlywheelException>(() => GateParser.Parse("accuracy\n  >= x", new SourceLocation("eyes.yaml", 12, 11)));
        Assert.StartsWith("eyes.yaml(13,6): ", fault.Message, StringComparison.Ordinal);
    }

    static readonly Gen<string> s_word = Gen.OneOf("closed", "open", "half open", "it's", "1", "0012", "a.b", "", "ё", "champion", "x=y", "\"", "or");
    static readonly Gen<double> s_share = Gen.Double[0, 1];

    static readonly Gen<GateExpression> s_demand = Gen.OneOf<GateExpression>(
        Gen.Select(s_share, Gen.Bool, (m, u) => (GateExpression)new SliceDemand("", Math.Min(m, 0.999), u)),
        Gen.Select(Gen.OneOf(GateFigure.Names.ToArray()), s_word, Gen.Select(Condition(), Condition(), (a, b) => new[] { a, b }), Gen.Int[0, 2], Gen.Enum<GateOperator>(), Gen.Select(Gen.OneOf(0.0, 1.0, 1.5, -0.25), s_share), Gen.Bool,
            (name, label, conditions, count, op, bound, unclear) =>
            {
                var figure = new GateFigure(name, null, []);
                return (GateExpression)new FigureDemand("", figure with { Label = figure.IsOfLabel ? label : null, Conditions = figure.MayHaveConditions ? conditions[..count] : [] }, op,
                    new GateBound(figure.Kind == FigureKind.Count ? 0 : bound.Item1, bound.Item2), unclear);
            }));

    static Gen<GateCondition> Condition() => Gen.OneOf(
        Gen.Select(s_word, s_word, (t, v) => new GateCondition(t, v, null)),
        Gen.Select(Gen.OneOf(PropertyCondition.KnownProperties.ToArray()), Gen.OneOf("<", "<=", "=", ">=", ">"), Gen.Double[0, 5000], (p, o, v) => new GateCondition(null, null, new PropertyCondition(p, o, v))));

    [Fact]
    public void What_is_written_reads_back_the_same() => s_demand.Sample(demand =>
    {
        var text = demand.ToString()!;
        return GateParser.Parse(text) with { Text = "" } == demand ? true : throw new Xunit.Sdk.XunitException($"{text} became {GateParser.Parse(text)}");
    }, iter: 5000);

    [Fact]
    public void Nothing_typed_breaks_the_parser()
    {
        var pieces = Gen.OneOf<string>(Gen.OneOf<string>(["accuracy", "recall", "[", "]", "closed", ">=", "<", "=", "champion", "*", "-", "+", "0.9", "1e3", ".", "95%", "20ms", "no slice", "worse than", "by", "or unclear", "'", "\"", ",", "latency.p95", "\n", "≥"]), Gen.String[0, 6]);
        pieces.List[0, 12].Select(p => string.Join(' ', p)).Sample(text =>
        {
            try
            {
                GateParser.Parse(text);
            }
            catch (FlywheelException fault) when (fault.ErrorId == "GateSyntax" && fault.Location is { Line: > 0, Column: > 0 } at && at.Line <= text.Count(c => c == '\n') + 1 && at.Column <= text.Length + 1)
            {
                // said where
            }
        }, iter: 20_000);
        Assert.Throws<FlywheelException>(() => GateParser.Parse(new string('a', 2000)));
    }
}
