namespace Flywheel.Engine.Registry.Gates;

/// <summary>
/// One demand on a model. The grammar, in words and numbers:
/// <code>
/// demand    = ( figure operator bound | slices ) [ 'or' 'unclear' ]
/// figure    = name [ '[' item { ',' item } ']' ]        recall[closed]   accuracy[glasses=1, width&lt;=30]
/// name      = 'accuracy' | 'balanced accuracy' | 'auroc' | 'calibration error' | 'log loss'
///           | 'precision' | 'recall' | 'f1'             with a label in brackets
///           | 'latency.p50' | 'latency.p95' | 'latency.p99' | 'size' | 'images'
/// item      = label | tag '=' value | property ( '&lt;' | '&lt;=' | '=' | '&gt;=' | '&gt;' ) number
/// operator  = '&gt;=' | '&gt;' | '&lt;=' | '&lt;'
/// bound     = [ '-' ] term { ( '+' | '-' ) term }
/// term      = number [ unit ] | [ number '*' ] 'champion' | 'champion' '*' number
/// unit      = '%' | 'us' | 'ms' | 's' | 'B' | 'kB' | 'MB' | 'GB'
/// slices    = 'no slice worse than champion' [ 'by' number ]
/// </code>
/// Names and units ignore case; labels, tags and values that are not plain words stand in quotes. <c>or unclear</c> lets pass what cannot be
/// told. Times and sizes need their unit.
/// </summary>
abstract record GateExpression(string Text, bool OrUnclear)
{
    /// <summary>True if it compares with the champion.</summary>
    public abstract bool NamesChampion { get; }

    /// <summary>True if it needs labelled images.</summary>
    public abstract bool NeedsImages { get; }

    protected string Suffix => OrUnclear ? " or unclear" : "";
}

/// <summary>A figure against a bound.</summary>
sealed record FigureDemand(string Text, GateFigure Figure, GateOperator Operator, GateBound Bound, bool OrUnclear) : GateExpression(Text, OrUnclear)
{
    public override bool NamesChampion => Bound.Factor != 0;

    public override bool NeedsImages => Figure.Kind != FigureKind.Size;

    public override string ToString() => $"{Figure} {Operator.Symbol()} {Bound.ToString(Figure)}{Suffix}";
}

/// <summary>No slice of the images worse than the champion by more than a margin of accuracy.</summary>
sealed record SliceDemand(string Text, double Margin, bool OrUnclear) : GateExpression(Text, OrUnclear)
{
    public override bool NamesChampion => true;

    public override bool NeedsImages => true;

    public override string ToString() => FormattableString.Invariant($"no slice worse than champion by {Margin:R}{Suffix}");
}
