using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Flywheel.Shell.Everyday;

/// <summary>Shows objects as lists of properties.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Makes the cmdlet.</summary>
    public FormatListCommand() => FormatShape.Give(this, "List");
}
