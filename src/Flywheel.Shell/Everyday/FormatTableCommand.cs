using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Flywheel.Shell.Everyday;

/// <summary>Shows objects as a table.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Makes the cmdlet.</summary>
    public FormatTableCommand() => FormatShape.Give(this, "Table");
}
