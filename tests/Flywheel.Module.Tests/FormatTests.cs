using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Xml.Linq;
using Flywheel.Tests;

namespace Flywheel.Module.Tests;

public sealed class FormatTests : IDisposable
{
    const int Columns = 120;
    static readonly string s_file = Path.Combine(ShellProcess.RepositoryRoot, "module", "Flywheel.Format.ps1xml");
    static readonly XDocument s_views = XDocument.Load(s_file);

    readonly Screen _screen = new();
    readonly Runspace _runspace;

    public FormatTests()
    {
        var state = InitialSessionState.CreateDefault2();
        state.Formats.Add(new SessionStateFormatEntry(s_file));
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        _runspace = RunspaceFactory.CreateRunspace(new Host(_screen), state);
        _runspace.Open();
    }

    public void Dispose() => _runspace.Dispose();

    public static TheoryData<string> Types => [.. Samples.All.Keys.Select(t => t.Name)];

    [Fact]
    public void Every_type_a_cmdlet_emits_has_a_sample_here() =>
        Assert.All(Cmdlets.Outputs, type => Assert.True(Samples.All.ContainsKey(type), $"add a sample of {type.Name} to Samples.cs and its views to module/Flywheel.Format.ps1xml"));

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_a_table_and_a_list_view(string type)
    {
        var views = s_views.Descendants("View").Where(v => v.Descendants("TypeName").Any(t => t.Value == "Flywheel." + type)).ToArray();
        Assert.Contains(views, v => v.Element("TableControl") is not null);
        Assert.Contains(views, v => v.Element("ListControl") is not null);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_table_fits_and_cuts_off_nothing_but_long_text(string type)
    {
        var lines = Show(type, "Table");
        Assert.All(lines, line => Assert.InRange(line.Length, 0, Columns));
        // A header, a rule and a row: nothing dropped for want of room, no expression in error.
        Assert.True(lines.Length >= 3, string.Join('\n', lines));
        Assert.DoesNotContain("#ERR", string.Concat(lines));
        var headers = s_views.Descendants("View").First(v => v.Element("TableControl") is not null && v.Descendants("TypeName").Any(t => t.Value == "Flywheel." + type)).Descendants("TableColumnHeader").Select(h => h.Element("Label")!.Value);
        Assert.All(headers, header => Assert.Contains(header, lines[0]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_list_fits_and_every_line_of_it_can_be_made(string type)
    {
        var lines = Show(type, "List");
        Assert.All(lines, line => Assert.InRange(line.Length, 0, Columns));
        Assert.DoesNotContain("#ERR", string.Concat(lines));
        Assert.NotEmpty(lines);
    }

    [Fact]
    public void The_format_file_holds_no_logic() =>
        Assert.All(s_views.Descendants("ScriptBlock"), script => Assert.Matches(@"^(\[Flywheel\.PowerShell\.Formatting\]::\w+\(\$_(\.\w+)*\)|\$_(\.\w+)+)$", script.Value));

    string[] Show(string type, string shape)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        _screen.Lines.Clear();
        shell.AddCommand("Out-Default").Invoke(new[] { Reduced(type, shape) });
        Assert.False(shell.HadErrors, string.Join('\n', shell.Streams.Error));
        return [.. _screen.Lines.Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
    }

    // Out-Default takes the first view of a type. A copy of the view under a type name of the test's own makes either shape the first.
    PSObject Reduced(string type, string shape)
    {
        var name = $"Test.{type}.{shape}";
        var view = new XElement(s_views.Descendants("View").First(v => v.Element(shape + "Control") is not null && v.Descendants("TypeName").Any(t => t.Value == "Flywheel." + type)));
        foreach (var typeName in view.Descendants("TypeName")) typeName.Value = name;
        view.Element("Name")!.Value = name;
        using var folder = new TemporaryFolder();
        folder.Write("view.format.ps1xml", new XDocument(new XElement("Configuration", new XElement("ViewDefinitions", view))).ToString());
        using var load = System.Management.Automation.PowerShell.Create(_runspace);
        var module = folder.Write("View.psd1", "@{ ModuleVersion = '1.0'; GUID = '" + Guid.NewGuid() + "'; FormatsToProcess = @('view.format.ps1xml') }");
        load.AddCommand("Import-Module").AddParameter("Name", module).Invoke();
        Assert.False(load.HadErrors, string.Join('\n', load.Streams.Error));
        var wrapped = new PSObject(Samples.All.Single(s => s.Key.Name == type).Value);
        wrapped.TypeNames.Insert(0, name);
        return wrapped;
    }

    sealed class Screen : PSHostUserInterface
    {
        public List<string> Lines { get; } = [];

        public override PSHostRawUserInterface RawUI { get; } = new Raw();

        public override void Write(string value) => WriteLine(value);
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => WriteLine(value);
        public override void WriteLine(string value) => Lines.AddRange((value ?? "").Split('\n').Select(l => System.Text.RegularExpressions.Regex.Replace(l, "\u001b\\[[0-9;]*m", "")));
        public override void WriteErrorLine(string value) => Lines.Add("#ERR " + value);
        public override void WriteDebugLine(string message) { }
        public override void WriteVerboseLine(string message) { }
        public override void WriteWarningLine(string message) { }
        public override void WriteProgress(long sourceId, ProgressRecord record) { }
        public override string ReadLine() => throw new NotSupportedException();
        public override System.Security.SecureString ReadLineAsSecureString() => throw new NotSupportedException();
        public override Dictionary<string, PSObject> Prompt(string caption, string message, System.Collections.ObjectModel.Collection<FieldDescription> descriptions) => throw new NotSupportedException();
        public override int PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection<ChoiceDescription> choices, int defaultChoice) => throw new NotSupportedException();
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
    }

    sealed class Raw : PSHostRawUserInterface
    {
        public override Size BufferSize { get; set; } = new(Columns, 500);
        public override Size WindowSize { get; set; } = new(Columns, 50);
        public override Size MaxWindowSize => WindowSize;
        public override Size MaxPhysicalWindowSize => WindowSize;
        public override ConsoleColor ForegroundColor { get; set; }
        public override ConsoleColor BackgroundColor { get; set; }
        public override Coordinates CursorPosition { get; set; }
        public override int CursorSize { get; set; }
        public override Coordinates WindowPosition { get; set; }
        public override string WindowTitle { get; set; } = "";
        public override bool KeyAvailable => false;
        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();
        public override void FlushInputBuffer() { }
        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();
        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) { }
        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) { }
        public override void SetBufferContents(Rectangle rectangle, BufferCell fill) { }
    }

    sealed class Host(Screen screen) : PSHost
    {
        public override string Name => "Test";
        public override Version Version => new(1, 0);
        public override Guid InstanceId { get; } = Guid.NewGuid();
        public override PSHostUserInterface UI => screen;
        public override System.Globalization.CultureInfo CurrentCulture => System.Globalization.CultureInfo.InvariantCulture;
        public override System.Globalization.CultureInfo CurrentUICulture => System.Globalization.CultureInfo.InvariantCulture;
        public override void SetShouldExit(int exitCode) { }
        public override void EnterNestedPrompt() { }
        public override void ExitNestedPrompt() { }
        public override void NotifyBeginApplication() { }
        public override void NotifyEndApplication() { }
    }
}
