using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Makes a key to the workspace's endpoints. It is shown once: only its hash is kept.</para>
/// <para>From the first key on, endpoints demand one, and those that run do so within a second. Callers send it as
/// <c>Authorization: Bearer &lt;key&gt;</c>.</para>
/// </summary>
/// <example>
///   <code>(New-FlywheelEndpointKey 'line 3' -Role Predict, Feedback).Key</code>
///   <para>A key for a caller that asks for predictions and reports on them.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "FlywheelEndpointKey", SupportsShouldProcess = true)]
[OutputType(typeof(EndpointKey))]
public sealed class NewFlywheelEndpointKeyCommand : FlywheelCommand
{
    /// <summary>Who or what it is for.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 100)]
    public string Name { get; set; } = "";

    /// <summary>What it allows: Predict, Feedback, Review (read predictions and metrics), Admin (everything).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EndpointRole[] Role { get; set; } = [EndpointRole.Predict, EndpointRole.Feedback];

    /// <summary>When it ceases to open anything; never by default.</summary>
    [Parameter]
    public DateTime? Expires { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, "Make an endpoint key")) return;
        RunInWorkspace((workspace, sink, _) => sink.Write(Whole(EndpointKeys.Create(workspace, Name, Role, Expires is { } time ? new DateTimeOffset(time) : null))));
    }

    /// <summary>The same object, shown as a list: a table would cut off what opens, which is never shown again.</summary>
    static PSObject Whole(EndpointKey key)
    {
        var shown = new PSObject(key);
        shown.TypeNames.Insert(0, "Flywheel.EndpointKey#New");
        return shown;
    }
}
