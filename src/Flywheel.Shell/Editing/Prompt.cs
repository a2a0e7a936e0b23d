using System.Management.Automation;
using System.Management.Automation.Language;
using Flywheel.Shell.Hosting;

namespace Flywheel.Shell.Editing;

/// <summary>The prompt: reads, runs, until exit or Ctrl+D.</summary>
sealed class Prompt(ShellSession session, ConsoleStreams streams, Action forgetSignal)
{
    public int Run()
    {
        var editor = new LineEditor(new ConsoleTerminal(streams), new LineHistory(), Complete, IsComplete);
        streams.WriteOutput($"Flywheel {session.Host.Version.ToString(3)}. Get-Command -Module Flywheel lists the commands, Get-Help <command> explains one, exit leaves.{Environment.NewLine}");
        while (session.Host.ExitCode is null)
        {
            var prompt = Text();
            Console.TreatControlCAsInput = true;
            string? line;
            try
            {
                line = editor.Read(prompt);
            }
            finally
            {
                Console.TreatControlCAsInput = false;
            }
            if (line is null) break;
            if (line.Trim().Length == 0) continue;
            session.Run(ps => ps.AddScript(line), addToHistory: true);
            forgetSignal();
        }
        return session.Host.ExitCode ?? 0;
    }

    // The user's own prompt function where there is one.
    string Text()
    {
        try
        {
            var text = string.Concat(session.Ask("prompt").Select(o => o?.ToString()));
            return text.Length > 0 ? text.ReplaceLineEndings(" ") : "> ";
        }
        catch (RuntimeException)
        {
            return "> ";
        }
    }

    Completions? Complete(string text, int cursor)
    {
        using var ps = System.Management.Automation.PowerShell.Create(session.Runspace);
        try
        {
            var found = CommandCompletion.CompleteInput(text, cursor, null, ps);
            return new Completions(found.ReplacementIndex, found.ReplacementLength, [.. found.CompletionMatches.Select(m => (m.CompletionText, m.ListItemText))]);
        }
        catch (RuntimeException)
        {
            return null; // completion never disturbs typing
        }
    }

    internal static bool IsComplete(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return !errors.Any(e => e.IncompleteInput);
    }
}
