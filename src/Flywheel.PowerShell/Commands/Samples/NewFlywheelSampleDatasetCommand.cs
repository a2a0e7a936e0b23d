using System.Globalization;
using System.Management.Automation;
using Flywheel.Engine.Samples;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Draws eyes, open and closed, as a sample dataset to try the flywheel on without any download.</para>
/// <para>The lab set is clean and labelled (lab/closed, lab/open, lab.csv). The field set is what production would deliver: small,
/// blurred, badly lit, with glare on glasses and half-open eyes (field, field.csv without labels, field-truth.csv with them). The
/// held-out field set (field-test, field-test.csv) shows other people. The manifests name subject, opening, glasses, glare, blur,
/// light and size of every picture. An eye counts as closed when it is less than a quarter open. The same seed draws the same bytes.</para>
/// </summary>
/// <example>
///   <code>New-FlywheelSampleDataset ./eyes</code>
///   <para>Draws 2,000 lab, 1,000 field and 1,000 held-out field images of 24 people each.</para>
/// </example>
/// <example>
///   <code>$sample = New-FlywheelSampleDataset ./eyes -Lab 4000 -Seed 11 -Force; Import-FlywheelDataset $sample.LabManifest</code>
///   <para>Replaces the sample in the folder by a larger one of another seed, and imports its lab set.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "FlywheelSampleDataset", SupportsShouldProcess = true)]
[OutputType(typeof(SampleDataset))]
public sealed class NewFlywheelSampleDatasetCommand : FlywheelCommand
{
    /// <summary>The folder to draw into; it is made if it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Pictures in the lab set.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int Lab { get; set; } = 2000;

    /// <summary>Pictures in the field set.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int Field { get; set; } = 1000;

    /// <summary>Pictures in the held-out field set.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int FieldTest { get; set; } = 1000;

    /// <summary>People in each set; no one is in two sets.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Subjects { get; set; } = 24;

    /// <summary>The same seed draws the same bytes.</summary>
    [Parameter]
    public int Seed { get; set; } = 7;

    /// <summary>Draw into a folder that is not empty, replacing an earlier sample in it. Other files there are left alone.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var folder = ResolvePath(Path);
        var plan = string.Create(CultureInfo.InvariantCulture, $"Draw {Lab:N0} lab, {Field:N0} field and {FieldTest:N0} held-out field images with their manifests");
        if (!ShouldProcess(folder, plan)) return;
        RunEngine((sink, token) => sink.Write(SampleDatasetWriter.Write(folder,
            new SampleRequest { Lab = Lab, Field = Field, FieldTest = FieldTest, Subjects = Subjects, Seed = Seed, Force = Force }, sink, token)));
    }
}
