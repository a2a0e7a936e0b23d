using System.Globalization;
using Flywheel.Insight.Comparison;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>What kind of number a figure is, and so which units its bound may have.</summary>
enum FigureKind
{
    /// <summary>In 0..1.</summary>
    Share,
    /// <summary>Log loss: 0 and more.</summary>
    Loss,
    /// <summary>Seconds.</summary>
    Latency,
    /// <summary>Bytes.</summary>
    Size,
    /// <summary>Images.</summary>
    Count,
}

/// <summary>A condition on images in a figure's brackets: a tag's value, or a property's bound.</summary>
sealed record GateCondition(string? Tag, string? Value, PropertyCondition? Property)
{
    public bool Holds(FlywheelImage image) => Property is { } p ? ImageProperties.Meets(image, p) : image.Tags.TryGetValue(Tag!, out var value) && value == Value;

    public override string ToString() => Property is { } p
        ? string.Create(CultureInfo.InvariantCulture, $"{p.Property}{p.Operator}{p.Value:R}")
        : $"{GateWord.Quote(Tag!)}={GateWord.Quote(Value!)}";
}

/// <summary>A figure of a model, perhaps of one label, perhaps on a part of the images.</summary>
sealed record GateFigure(string Name, string? Label, IReadOnlyList<GateCondition> Conditions)
{
    const string Latency = "latency.p";

    /// <summary>Every name a demand may begin with.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["accuracy", "balanced accuracy", "auroc", "calibration error", "log loss", "precision", "recall", "f1", "latency.p50", "latency.p95", "latency.p99", "size", "images"];

    public FigureKind Kind => Name switch
    {
        "log loss" => FigureKind.Loss,
        "size" => FigureKind.Size,
        "images" => FigureKind.Count,
        _ => Name.StartsWith(Latency, StringComparison.Ordinal) ? FigureKind.Latency : FigureKind.Share,
    };

    /// <summary>True for precision, recall and f1.</summary>
    public bool IsOfLabel => Name is "precision" or "recall" or "f1";

    /// <summary>True if a part of the images may be asked for.</summary>
    public bool MayHaveConditions => Kind is FigureKind.Share or FigureKind.Loss or FigureKind.Count;

    /// <summary>50, 95 or 99.</summary>
    public double Percentile => double.Parse(Name.AsSpan(Latency.Length), CultureInfo.InvariantCulture);

    public ModelFigure Figure => Name switch
    {
        "accuracy" => ModelFigure.Accuracy,
        "balanced accuracy" => ModelFigure.BalancedAccuracy,
        "auroc" => ModelFigure.Auroc,
        "calibration error" => ModelFigure.CalibrationError,
        "log loss" => ModelFigure.LogLoss,
        "precision" => ModelFigure.Precision,
        "recall" => ModelFigure.Recall,
        "f1" => ModelFigure.F1,
        _ => throw new InvalidOperationException($"'{Name}' is no figure of answers."),
    };

    public bool Equals(GateFigure? other) => other is not null && Name == other.Name && Label == other.Label && Conditions.SequenceEqual(other.Conditions);

    public override int GetHashCode() => HashCode.Combine(Name, Label, Conditions.Count);

    public override string ToString()
    {
        var items = Conditions.Select(c => c.ToString()).Prepend(Label is null ? null : GateWord.Quote(Label)).OfType<string>().ToList();
        return items.Count == 0 ? Name : $"{Name}[{string.Join(", ", items)}]";
    }
}
