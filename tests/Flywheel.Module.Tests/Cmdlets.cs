using System.Management.Automation;
using System.Reflection;
using Flywheel.PowerShell;

namespace Flywheel.Module.Tests;

/// <summary>The cmdlets of the assembly, by reflection.</summary>
static class Cmdlets
{
    public static IReadOnlyList<(string Name, Type Type)> All { get; } =
        [.. from type in typeof(FlywheelCommand).Assembly.GetExportedTypes()
            let cmdlet = type.GetCustomAttribute<CmdletAttribute>()
            where cmdlet is not null
            orderby cmdlet.VerbName, cmdlet.NounName
            select ($"{cmdlet.VerbName}-{cmdlet.NounName}", type)];

    /// <summary>Types of this product that a cmdlet declares to emit.</summary>
    public static IReadOnlyList<Type> Outputs { get; } =
        [.. All.SelectMany(c => c.Type.GetCustomAttributes<OutputTypeAttribute>()).SelectMany(a => a.Type).Select(t => t.Type)
            .Where(t => t?.Namespace == "Flywheel").Distinct().OrderBy(t => t!.Name)!];

    public static IEnumerable<PropertyInfo> Parameters(Type cmdlet) => cmdlet.GetProperties().Where(p => p.GetCustomAttributes<ParameterAttribute>().Any());
}
