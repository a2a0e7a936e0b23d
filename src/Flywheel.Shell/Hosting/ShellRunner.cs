using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Flywheel.Shell.Hosting;

/// <summary>Runs what the command line named and tells the exit code.</summary>
sealed class ShellRunner(ShellSession session)
{
    const int Ok = 0, Error = 1, Locked = 4, Interrupted = 130;

    /// <summary>Runs a script file; an <c>exit n</c> in it is the code.</summary>
    public int RunScript(string path, IReadOnlyList<string> arguments)
    {
        // The block is run instead of the file: in a block, exit ends the session and tells its code, as a person expects of a script
        // run by name. $PSScriptRoot and error positions come from the parsed file.
        var script = Parser.ParseFile(Path.GetFullPath(path), out _, out var errors);
        if (errors.Length > 0)
        {
            session.Host.UI.WriteErrorLine(ErrorText.Of(new ParseException(errors).ErrorRecord));
            return Error;
        }
        return Code(session.Run(ps => ps.AddScript(ScriptCall.Text(arguments)).AddArgument(script.GetScriptBlock())));
    }

    /// <summary>Runs a command line; if its last command did not succeed, the exit code it left in <c>$LASTEXITCODE</c>, or 1.</summary>
    public int RunCommand(string text)
    {
        const string Succeeded = "__flywheelSucceeded";
        var end = session.Run(ps => ps.AddScript($"{text}\n$global:{Succeeded} = $?"));
        var code = Code(end);
        if (end != RunEnd.Completed || Host.ExitCode is not null || session.Runspace.SessionStateProxy.GetVariable(Succeeded) is not false) return code;
        return session.Runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int left and > Ok ? left : Error;
    }

    /// <summary>Runs a loop; its result's exit code is the code.</summary>
    public int RunLoop(ShellArguments arguments)
    {
        var parameters = new Hashtable
        {
            ["Path"] = arguments.Text,
            ["InformationAction"] = ActionPreference.Continue,
        };
        if (arguments.Variables.Count > 0) parameters["Variable"] = new Hashtable(arguments.Variables.ToDictionary());
        if (arguments.Workspace is { } workspace) parameters["Workspace"] = workspace;
        if (arguments.WhatIf) parameters["WhatIf"] = true;
        if (arguments.Verbose) parameters["Verbose"] = true;

        const string Result = "__flywheelLoop";
        // Without the block an error that ends the command would end only its statement, and the session would count as completed.
        var end = session.Run(ps => ps.AddScript($"param($__p) try {{ Invoke-FlywheelLoop @__p -OutVariable global:{Result} }} catch {{ throw }}").AddArgument(parameters));
        var code = Code(end);
        if (end != RunEnd.Completed) return code;
        var results = session.Runspace.SessionStateProxy.GetVariable(Result) as IEnumerable ?? Array.Empty<object>();
        var codes = results.Cast<object>().Select(r => PSObject.AsPSObject(r).Properties["ExitCode"]?.Value).OfType<int>();
        // A failed stage outweighs a failed gate, and that a wait for people.
        return codes.DefaultIfEmpty(code).MinBy(c => c == Ok ? int.MaxValue : c);
    }

    ShellHost Host => session.Host;

    int Code(RunEnd end) => end switch
    {
        RunEnd.Stopped => Interrupted,
        _ when Host.ExitCode is { } code => code,
        RunEnd.Failed => session.LastFailure?.CategoryInfo.Category == ErrorCategory.ResourceBusy ? Locked : Error,
        _ => Ok,
    };
}
