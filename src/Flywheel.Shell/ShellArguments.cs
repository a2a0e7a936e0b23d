namespace Flywheel.Shell;

/// <summary>What the command line asks for.</summary>
enum ShellMode
{
    Interactive,
    Script,
    Command,
    Loop,
    StandardInput,
    Help,
    Version,
    Mistake,
}

/// <summary>The parsed command line.</summary>
sealed record ShellArguments
{
    public ShellMode Mode { get; init; }

    /// <summary>Script or loop file, command text, or what is wrong with the command line.</summary>
    public string Text { get; init; } = "";

    /// <summary>Arguments of a script, as they came.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>Loop variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Workspace of a loop, or null.</summary>
    public string? Workspace { get; init; }

    /// <summary>Only show the plan of a loop.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Show verbose messages of a loop.</summary>
    public bool Verbose { get; init; }

    /// <summary>Never ask; fail instead.</summary>
    public bool NonInteractive { get; init; }

    public const string Usage = """
        flywheel                                   a prompt
        flywheel script.ps1 [arguments]            runs a script; its `exit n` is the exit code
        flywheel loop.flywheel.yaml [options]      runs a loop (Invoke-FlywheelLoop)
            -Variable NAME=VALUE                   sets a variable of the loop; may be repeated
            -Workspace FOLDER                      the workspace; otherwise the loop decides
            -WhatIf                                shows the plan and does nothing
            -Verbose                               shows detail
        flywheel -Command "Get-FlywheelDataset"    runs a command line
        ... | flywheel                             runs the script on standard input
            -NonInteractive                        first on the line: never asks, fails instead
        flywheel -Version, flywheel -Help

        exit codes: 0 done, 1 error, 2 a gate failed, 3 waiting for people, 4 another run holds the workspace, 130 stopped by Ctrl+C
        """;

    public static ShellArguments Parse(IReadOnlyList<string> args, bool inputIsRedirected)
    {
        var nonInteractive = inputIsRedirected;
        var at = 0;
        while (at < args.Count && Is(args[at], "NonInteractive"))
        {
            nonInteractive = true;
            at++;
        }
        if (at == args.Count) return new() { Mode = inputIsRedirected ? ShellMode.StandardInput : ShellMode.Interactive, NonInteractive = nonInteractive };

        var first = args[at++];
        var rest = args.Skip(at).ToArray();
        if (Is(first, "Help") || first is "-?" or "-h" or "/?") return new() { Mode = ShellMode.Help };
        if (Is(first, "Version") || first is "-v") return new() { Mode = ShellMode.Version };
        if (Is(first, "Command") || first is "-c")
        {
            if (rest.Length == 0) return Mistake("-Command needs a command line after it.");
            return rest is ["-"]
                ? new() { Mode = ShellMode.StandardInput, NonInteractive = true }
                : new() { Mode = ShellMode.Command, Text = string.Join(' ', rest), NonInteractive = nonInteractive };
        }
        if (Is(first, "File") || first is "-f")
        {
            if (rest.Length == 0) return Mistake("-File needs a file after it.");
            first = rest[0];
            rest = rest[1..];
        }
        else if (first.StartsWith('-'))
        {
            return Mistake($"'{first}' is not an option.");
        }
        return Path.GetExtension(first).ToLowerInvariant() switch
        {
            ".ps1" => new() { Mode = ShellMode.Script, Text = first, Rest = rest, NonInteractive = nonInteractive },
            ".yaml" or ".yml" => Loop(first, rest, nonInteractive),
            _ => Mistake($"'{first}' is neither a script (.ps1) nor a loop (.yaml)."),
        };
    }

    static ShellArguments Loop(string file, string[] rest, bool nonInteractive)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var result = new ShellArguments { Mode = ShellMode.Loop, Text = file, NonInteractive = nonInteractive };
        for (var i = 0; i < rest.Length; i++)
        {
            if (Is(rest[i], "WhatIf"))
            {
                result = result with { WhatIf = true };
            }
            else if (Is(rest[i], "Verbose"))
            {
                result = result with { Verbose = true };
            }
            else if (Is(rest[i], "Workspace"))
            {
                if (++i == rest.Length) return Mistake("-Workspace needs a folder after it.");
                result = result with { Workspace = rest[i] };
            }
            else if (Is(rest[i], "Variable"))
            {
                if (i + 1 == rest.Length || rest[i + 1].StartsWith('-')) return Mistake("-Variable needs NAME=VALUE after it.");
                // Several may follow one -Variable.
                while (i + 1 < rest.Length && !rest[i + 1].StartsWith('-'))
                {
                    var pair = rest[++i];
                    var equals = pair.IndexOf('=', StringComparison.Ordinal);
                    if (equals <= 0) return Mistake($"'{pair}' is not NAME=VALUE.");
                    variables[pair[..equals]] = pair[(equals + 1)..];
                }
            }
            else
            {
                return Mistake($"'{rest[i]}' is not an option of a loop.");
            }
        }
        return result with { Variables = variables };
    }

    static ShellArguments Mistake(string what) => new() { Mode = ShellMode.Mistake, Text = what };

    static bool Is(string argument, string option) =>
        argument.Length == option.Length + 1 && argument[0] == '-' && argument.AsSpan(1).Equals(option, StringComparison.OrdinalIgnoreCase)
        || argument.Length == option.Length + 2 && argument.StartsWith("--", StringComparison.Ordinal) && argument.AsSpan(2).Equals(option, StringComparison.OrdinalIgnoreCase);
}
