using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Flywheel.Shell.Everyday;

/// <summary>
/// Gives the engine's own table and list formatting a cmdlet: the cmdlets proper lie in a library that is not published as a package,
/// their bases and the formatting itself in the engine. The shell is built against one version of the engine, and a test holds this.
/// </summary>
static class FormatShape
{
    public static void Give(FrontEndCommandBase command, string shape)
    {
        var engine = typeof(PSCmdlet).Assembly;
        var shapeType = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!;
        var implementation = engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.InnerFormatShapeCommand", throwOnError: true)!;
        var field = typeof(FrontEndCommandBase).GetField("implementation", BindingFlags.Instance | BindingFlags.NonPublic) ?? throw new MissingFieldException(nameof(FrontEndCommandBase), "implementation");
        field.SetValue(command, Activator.CreateInstance(implementation, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [Enum.Parse(shapeType, shape)], null));
    }
}
