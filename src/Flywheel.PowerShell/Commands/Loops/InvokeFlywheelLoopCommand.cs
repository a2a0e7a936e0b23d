using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Flywheel.Engine.Loops;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Turns the wheel once, as a loop file says: from images to a better model, with proof.</para>
/// <para>Runs the stages of the file in order: import, split, train, evaluate, meet production, adapt, find failures, choose what to
/// label, label, retrain, prove, report. A stage whose inputs have not changed since it last ran is skipped, so a run that was stopped,
/// killed or had to wait for labels goes on where it was. The whole file is checked before the first stage: every fault is reported with
/// line and column. The journal of the run lies under .flywheel/runs.</para>
/// <para>Sets $LASTEXITCODE for pipeline steps: 0 done, 1 error, 2 the new model is not better though prove.require asks for it,
/// 3 waiting for people to label, 4 another run holds the workspace.</para>
/// </summary>
/// <example>
///   <code>Invoke-FlywheelLoop ./eyes.flywheel.yaml</code>
///   <para>Runs the loop and shows before, after and where the report lies.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelLoop ./eyes.flywheel.yaml -Variable @{ MRL = './mrl'; CEW = './cew'; SEED = 3 }</code>
///   <para>Gives values to ${MRL}, ${CEW} and ${SEED} in the file. Without them, environment variables of these names count.</para>
/// </example>
/// <example>
///   <code>Invoke-FlywheelLoop ./eyes.flywheel.yaml -WhatIf</code>
///   <para>Shows for every stage whether it would run, why, and what it would cost. Nothing is written.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "FlywheelLoop", SupportsShouldProcess = true)]
[OutputType(typeof(LoopResult))]
public sealed class InvokeFlywheelLoopCommand : FlywheelCommand
{
    /// <summary>The loop file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Values for the variables of the file, by name. They win over environment variables.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Variable { get; set; } = [];

    /// <summary>Run every stage, also those whose inputs have not changed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new LoopRequest
        {
            Path = ResolvePath(Path),
            Variables = Variable.Cast<DictionaryEntry>().ToDictionary(v => (string)LanguagePrimitives.ConvertTo(v.Key, typeof(string), CultureInfo.InvariantCulture),
                v => (string)LanguagePrimitives.ConvertTo(v.Value ?? "", typeof(string), CultureInfo.InvariantCulture), StringComparer.Ordinal),
            CurrentFolder = CurrentFolder,
            Workspace = Workspace is null ? null : ResolvePath(Workspace),
            Force = Force,
        };
        ExitCode(1); // until the run says otherwise
        IReadOnlyList<PlannedStage> plan = [];
        RunEngine((sink, token) => plan = LoopService.Plan(request, sink, token));
        // Asked stage by stage, -WhatIf prints the plan and -Confirm still asks only once, for the run.
        if (!Approve(request.Path, plan))
        {
            ExitCode(0);
            return;
        }
        RunEngine((sink, token) =>
        {
            LoopResult result;
            try
            {
                result = LoopService.Run(request, new LoopReporter(sink), token);
            }
            catch (FlywheelException busy) when (busy.ErrorId == "WorkspaceBusy")
            {
                sink.Do(() => ExitCode(4));
                throw;
            }
            foreach (var line in Closing(result)) sink.Say(line);
            sink.Do(() => ExitCode(result.ExitCode));
            sink.Write(result);
        });
    }

    bool Approve(string path, IReadOnlyList<PlannedStage> plan)
    {
        var minutes = plan.Where(p => p.WouldRun).Sum(p => p.Estimate?.TotalMinutes ?? 0);
        var labels = plan.Sum(p => p.ImagesToLabel);
        var cost = string.Create(CultureInfo.CurrentCulture, $"{plan.Count(p => p.WouldRun)} of {plan.Count} stages, {(minutes < 1 ? "under a minute" : $"about {minutes:0} min")}{(labels > 0 ? $", {labels:N0} images for people to label" : "")}");
        if (!MyInvocation.BoundParameters.TryGetValue("WhatIf", out var asked) || asked is not SwitchParameter { IsPresent: true })
            return ShouldProcess($"Run the loop '{path}': {cost}.", $"Run the loop '{path}' ({cost})?", "Invoke-FlywheelLoop");
        foreach (var stage in plan)
        {
            var time = stage is { WouldRun: true, Estimate: { TotalSeconds: >= 1 } e } ? $", about {Duration(e)}" : "";
            var people = stage.ImagesToLabel > 0 ? string.Create(CultureInfo.CurrentCulture, $", {stage.ImagesToLabel:N0} images to label") : "";
            ShouldProcess($"{stage.Number,2} {stage.Name}: {(stage.WouldRun ? $"run ({stage.Why}): {stage.What}{time}{people}" : $"skip ({stage.Why})")}", "", "Invoke-FlywheelLoop");
        }
        ShouldProcess($"In all: {cost}.", "", "Invoke-FlywheelLoop");
        return false;
    }

    static IEnumerable<string> Closing(LoopResult result)
    {
        if (result.Message.Length > 0) yield return result.Message;
        if (result.ReportPath is not null) yield return $"Report: {result.ReportPath}";
    }

    static string Duration(TimeSpan time) => time.TotalSeconds < 90
        ? string.Create(CultureInfo.CurrentCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.CurrentCulture, $"{time.TotalMinutes:0.0} min");

    void ExitCode(int code) => SessionState.PSVariable.Set("global:LASTEXITCODE", code);

    /// <summary>A line per stage is what an unattended log lives by, so it is shown without being asked for.</summary>
    sealed class LoopReporter(CommandSink sink) : IReporter
    {
        public void Progress(ProgressInfo progress) => sink.Progress(progress);

        public void Warning(string message) => sink.Warning(message);

        public void Information(string message) => sink.Say(message);

        public void Verbose(string message) => sink.Verbose(message);

        public void Fault(FlywheelException fault) => sink.Fault(fault);
    }
}
