using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

public class ManifestTests
{
    static readonly Hashtable s_manifest = (Hashtable)((HashtableAst)Parser.ParseFile(ShellProcess.Manifest, out _, out _).Find(a => a is HashtableAst, false)!).SafeGetValue();

    static string[] Strings(string key) => [.. ((IEnumerable)s_manifest[key]!).Cast<object>().Select(o => o.ToString()!)];

    [Fact]
    public void Exactly_the_cmdlets_of_the_assembly_are_exported() =>
        Assert.Equal(Cmdlets.All.Select(c => c.Name).Order(StringComparer.Ordinal), Strings("CmdletsToExport").Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_else_is_exported_and_nothing_by_wildcard()
    {
        Assert.Empty(Strings("FunctionsToExport"));
        Assert.Empty(Strings("AliasesToExport"));
        Assert.Empty(Strings("VariablesToExport"));
        Assert.DoesNotContain(Strings("CmdletsToExport"), name => WildcardPattern.ContainsWildcardCharacters(name));
    }

    [Fact]
    public void It_asks_for_PowerShell_7_6_Core()
    {
        Assert.Equal("7.6", s_manifest["PowerShellVersion"]);
        Assert.Equal(["Core"], Strings("CompatiblePSEditions"));
    }

    [Fact]
    public void Its_version_is_that_of_the_assembly() =>
        Assert.Equal(s_manifest["ModuleVersion"], typeof(PowerShell.FlywheelCommand).Assembly.GetName().Version!.ToString(3));

    [Fact]
    public void Every_cmdlet_is_a_sealed_class_with_a_singular_noun_an_approved_verb_and_a_declared_output()
    {
        Assert.All(Cmdlets.All, cmdlet =>
        {
            var (verb, noun) = (cmdlet.Name.Split('-')[0], cmdlet.Name.Split('-')[1]);
            Assert.True(cmdlet.Type.IsSealed, $"{cmdlet.Type} is not sealed");
            Assert.Equal($"{verb}{noun}Command", cmdlet.Type.Name);
            Assert.StartsWith("Flywheel", noun);
            Assert.NotEmpty(cmdlet.Type.GetCustomAttributes<OutputTypeAttribute>());
            Assert.Contains(verb, typeof(VerbsCommon).Assembly.GetExportedTypes().Where(t => t.Name.StartsWith("Verbs", StringComparison.Ordinal))
                .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static)).Where(f => f.IsLiteral).Select(f => f.Name));
        });
    }

    [Fact]
    public void Every_cmdlet_whose_verb_writes_or_deletes_asks_ShouldProcess()
    {
        string[] writing = ["New", "Set", "Remove", "Import", "Export", "Split", "Publish", "Add", "Clear", "Restore", "Move", "Copy", "Start", "Register", "Unregister"];
        var silent = Cmdlets.All.Where(c => writing.Contains(c.Name.Split('-')[0]) && !c.Type.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess).Select(c => c.Name);
        Assert.Empty(silent);
    }

    [Fact]
    public void No_cmdlet_shows_a_type_of_the_engine_or_of_a_third_party_in_its_surface()
    {
        string[] allowed = ["Flywheel.Core", "Flywheel.PowerShell", "System.Management.Automation", "System.Private.CoreLib", "System.Runtime", "System.Collections"];
        Assert.All(Cmdlets.All, cmdlet => Assert.All(Cmdlets.Parameters(cmdlet.Type), parameter =>
        {
            var type = Nullable.GetUnderlyingType(parameter.PropertyType) ?? parameter.PropertyType;
            Assert.Contains((type.IsArray ? type.GetElementType()! : type).Assembly.GetName().Name, allowed);
        }));
    }
}
