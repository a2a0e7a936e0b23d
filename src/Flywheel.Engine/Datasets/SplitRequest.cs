namespace Flywheel.Engine.Datasets;

/// <summary>How to split a dataset.</summary>
public sealed record SplitRequest
{
    /// <summary>Name of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Tag whose equal values stay together; null: what the dataset was split by before, else every image is its own group.</summary>
    public string? GroupBy { get; init; }

    /// <summary>What every split should have in equal shares: <c>label</c>, the key of a tag, or null for nothing.</summary>
    public string? Stratify { get; init; } = "label";

    /// <summary>Share of training, 0..1; the three shares add up to 1.</summary>
    public double Train { get; init; } = 0.7;

    /// <summary>Share of validation, 0..1.</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>Share of test, 0..1.</summary>
    public double Test { get; init; } = 0.2;

    /// <summary>Seed.</summary>
    public long Seed { get; init; }

    /// <summary>Groups that go to training, whatever the shares.</summary>
    public IReadOnlyCollection<string> TrainGroups { get; init; } = [];

    /// <summary>Groups that go to validation.</summary>
    public IReadOnlyCollection<string> ValidationGroups { get; init; } = [];

    /// <summary>Groups that go to test.</summary>
    public IReadOnlyCollection<string> TestGroups { get; init; } = [];

    /// <summary>True: images without a label get a split, too.</summary>
    public bool IncludeUnlabelled { get; init; }

    /// <summary>True: near-identical images count as one group.</summary>
    public bool KeepDuplicatesTogether { get; init; }

    /// <summary>Completes shares: those that are not given divide what the given ones leave, in the proportion 7 to 1 to 2.</summary>
    public static (double Train, double Validation, double Test) FillShares(double? train, double? validation, double? test)
    {
        double?[] given = [train, validation, test];
        double[] usual = [0.7, 0.1, 0.2];
        var rest = 1 - given.Sum(g => g ?? 0);
        var open = usual.Where((_, i) => given[i] is null).Sum();
        var shares = usual.Select((u, i) => given[i] ?? rest * u / open).ToArray();
        return (shares[0], shares[1], shares[2]);
    }
}
