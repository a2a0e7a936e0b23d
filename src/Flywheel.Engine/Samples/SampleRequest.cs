using Flywheel.Imaging.Samples;

namespace Flywheel.Engine.Samples;

/// <summary>What to draw.</summary>
public sealed record SampleRequest
{
    /// <summary>Pictures in the lab set, 0..1,000,000.</summary>
    public int Lab { get; init; } = 2000;

    /// <summary>Pictures in the field set, 0..1,000,000.</summary>
    public int Field { get; init; } = 1000;

    /// <summary>Pictures in the held-out field set, 0..1,000,000.</summary>
    public int FieldTest { get; init; } = 1000;

    /// <summary>People in each set, 1..10,000.</summary>
    public int Subjects { get; init; } = 24;

    /// <summary>The same seed draws the same bytes.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Draw into a folder that is not empty, replacing an earlier sample in it.</summary>
    public bool Force { get; init; }

    /// <summary>Conditions of the lab set.</summary>
    public EyeDomain LabDomain { get; init; } = EyeDomain.Lab;

    /// <summary>Conditions of both field sets.</summary>
    public EyeDomain FieldDomain { get; init; } = EyeDomain.Field;
}
