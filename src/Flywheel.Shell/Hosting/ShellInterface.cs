using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace Flywheel.Shell.Hosting;

/// <summary>
/// Writes what the engine shows and asks what it asks: results to standard output, everything else to standard error; no question
/// without a person there.
/// </summary>
sealed class ShellInterface(ConsoleStreams streams, ProgressDisplay progress, bool interactive) : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    public ConsoleStreams Streams => streams;

    public ProgressDisplay Progress => progress;

    public override PSHostRawUserInterface RawUI { get; } = new RawInterface(streams);

    public override bool SupportsVirtualTerminal => streams.OutputIsTerminal && streams.Color;

    public override void Write(string value) => streams.WriteOutput(Plain(value, SupportsVirtualTerminal));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        streams.WriteOutput(SupportsVirtualTerminal && foregroundColor != RawUI.ForegroundColor ? $"\u001b[{Sgr(foregroundColor)}m{value}\u001b[0m" : value);

    public override void WriteLine(string value) => streams.WriteOutput(Plain(value, SupportsVirtualTerminal) + Environment.NewLine);

    public override void WriteErrorLine(string value) => streams.WriteError(Plain(value, streams.ErrorIsTerminal && streams.Color) + Environment.NewLine, "31");

    public override void WriteWarningLine(string message) => streams.WriteError($"WARNING: {message}{Environment.NewLine}", "33");

    public override void WriteVerboseLine(string message) => streams.WriteError($"VERBOSE: {message}{Environment.NewLine}", "36");

    public override void WriteDebugLine(string message) => streams.WriteError($"DEBUG: {message}{Environment.NewLine}", "36");

    public override void WriteProgress(long sourceId, ProgressRecord record) => progress.Show(sourceId, record);

    public override string ReadLine()
    {
        RequirePerson("input");
        progress.Clear();
        return Console.ReadLine() ?? "";
    }

    public override SecureString ReadLineAsSecureString()
    {
        RequirePerson("a secret");
        progress.Clear();
        var secret = new SecureString();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace)
            {
                if (secret.Length > 0) secret.RemoveAt(secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
            }
        }
        WriteLine("");
        secret.MakeReadOnly();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequirePerson($"a value for {string.Join(", ", descriptions.Select(d => d.Name))}");
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (var field in descriptions)
        {
            var type = Type.GetType(field.ParameterAssemblyFullName) ?? typeof(string);
            if (type == typeof(SecureString))
            {
                Write($"{field.Name}: ");
                answers[field.Name] = PSObject.AsPSObject(ReadLineAsSecureString());
            }
            else if (type.IsArray)
            {
                var values = new List<string>();
                while (true)
                {
                    Write(string.Create(CultureInfo.InvariantCulture, $"{field.Name}[{values.Count}]: "));
                    if (ReadLine() is not { Length: > 0 } line) break;
                    values.Add(line);
                }
                answers[field.Name] = PSObject.AsPSObject(LanguagePrimitives.ConvertTo(values.ToArray(), type, CultureInfo.InvariantCulture));
            }
            else
            {
                Write($"{field.Name}: ");
                answers[field.Name] = PSObject.AsPSObject(LanguagePrimitives.ConvertTo(ReadLine(), type, CultureInfo.InvariantCulture));
            }
        }
        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequirePerson($"a choice: {message}");
        WriteHeading(caption, message);
        while (true)
        {
            Write(ChoiceLine(choices, defaultChoice >= 0 ? [defaultChoice] : []));
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            if (answer == "?") WriteChoiceHelp(choices);
            else if (FindChoice(choices, answer) is { } chosen) return chosen;
        }
    }

    public Collection<int> PromptForChoice(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices)
    {
        RequirePerson($"a choice: {message}");
        WriteHeading(caption ?? "", message ?? "");
        var defaults = defaultChoices?.ToArray() ?? [];
        var chosen = new Collection<int>();
        while (true)
        {
            Write(ChoiceLine(choices, defaults));
            var answer = ReadLine().Trim();
            if (answer.Length == 0) return chosen.Count > 0 ? chosen : [.. defaults];
            if (answer == "?") WriteChoiceHelp(choices);
            else if (FindChoice(choices, answer) is { } one) chosen.Add(one);
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        RequirePerson("a credential");
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }
        Write($"Password for {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    void RequirePerson(string what)
    {
        if (!interactive) throw new PSInvalidOperationException($"This session cannot ask for {what}: nobody is there to answer. Give it on the command line.");
    }

    void WriteHeading(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
    }

    static string ChoiceLine(Collection<ChoiceDescription> choices, int[] defaults)
    {
        var offered = choices.Select((c, i) => defaults.Contains(i) ? $"[{Key(c)}] {Name(c)} (default)" : $"[{Key(c)}] {Name(c)}");
        return string.Join("  ", offered) + "  [?] Help: ";
    }

    void WriteChoiceHelp(Collection<ChoiceDescription> choices)
    {
        foreach (var choice in choices) WriteLine($"{Key(choice)} - {choice.HelpMessage}");
    }

    static int? FindChoice(Collection<ChoiceDescription> choices, string answer)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            if (string.Equals(Key(choices[i]), answer, StringComparison.CurrentCultureIgnoreCase) || string.Equals(Name(choices[i]), answer, StringComparison.CurrentCultureIgnoreCase)) return i;
        }
        return null;
    }

    static string Name(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    static string Key(ChoiceDescription choice)
    {
        var at = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return at >= 0 && at + 1 < choice.Label.Length ? char.ToUpper(choice.Label[at + 1], CultureInfo.CurrentCulture).ToString() : choice.Label;
    }

    // The engine's formatting decorates headers whatever the host says; taking that out is the host's part.
    static string Plain(string? text, bool decorated) =>
        text is null ? "" : decorated || !text.Contains('\u001b', StringComparison.Ordinal) ? text : new StringDecorated(text).ToString(OutputRendering.PlainText);

    static string Sgr(ConsoleColor color) => color switch
    {
        ConsoleColor.Black => "30",
        ConsoleColor.DarkRed => "31",
        ConsoleColor.DarkGreen => "32",
        ConsoleColor.DarkYellow => "33",
        ConsoleColor.DarkBlue => "34",
        ConsoleColor.DarkMagenta => "35",
        ConsoleColor.DarkCyan => "36",
        ConsoleColor.Gray => "37",
        ConsoleColor.DarkGray => "90",
        ConsoleColor.Red => "91",
        ConsoleColor.Green => "92",
        ConsoleColor.Yellow => "93",
        ConsoleColor.Blue => "94",
        ConsoleColor.Magenta => "95",
        ConsoleColor.Cyan => "96",
        _ => "97",
    };
}
