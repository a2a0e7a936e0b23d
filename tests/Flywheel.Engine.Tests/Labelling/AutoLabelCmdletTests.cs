using Flywheel.Engine.Tests.Production;
using Flywheel.Tests;

namespace Flywheel.Engine.Tests.Labelling;

/// <summary>The cmdlets of automatic labelling in the staged module, on a workspace made here.</summary>
public class AutoLabelCmdletTests
{
    static TemporaryWorkspace Workspace(int labels)
    {
        var at = new TemporaryWorkspace();
        TinyModel.Add(at.Workspace);
        Shades.Catalogue(at, "inbox", Enumerable.Range(0, 300).Select(i => (Shades.Write(at, $"inbox/{i:0000}.png", (byte)(10 + i * 235 / 300), i), (string?)null, (Dictionary<string, string>?)null)));
        var all = at.Images("inbox").OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
        at.Workspace.Catalogue.Annotate([.. new SeededRandom(2).Sample(all.Count, labels).Select(i => new AnnotationChange(all[i].Id, all[i].Brightness > 0.5 ? "open" : "closed", AnnotationProvenance.Human, "ann"))]);
        return at;
    }

    [Fact]
    public async Task Asking_costs_nothing_and_labelling_leaves_the_rest_in_order_and_a_queue_for_the_audit()
    {
        using var at = Workspace(120);
        var run = await CmdletTests.Run(at, """
            $ProgressPreference = 'SilentlyContinue'
            $asked = Invoke-FlywheelAutoLabel inbox -Precision 0.9 -Model tiny -WhatIf -WarningAction SilentlyContinue
            "$($asked.Applied) $($asked.Written) $($asked.Accepted -gt 100) $(@(Get-FlywheelAutoLabel).Count)"
            $done = Get-FlywheelDataset inbox | Invoke-FlywheelAutoLabel -Precision 0.9 -Model tiny -Audit 12 -WarningAction SilentlyContinue
            "$($done.Applied) $($done.Accepted -eq $asked.Accepted) $($done.Written + $done.Rest.Count) $($done.AuditQueue)"
            $done.Picks | Select-Object -First 6 | ForEach-Object { [void] (Set-FlywheelAnnotation $_.ImageId -Label $_.Label) }
            $audit = (Get-FlywheelAutoLabel inbox).Audit
            "$($audit.Answered) of $($audit.Drawn), $($audit.Errors) wrong"
            $state = Get-FlywheelAssistant inbox -Model tiny -Precision 0.9
            "$($state.Labels) $($state.Unlabelled -eq $done.Rest.Count) $($state.Accuracy.Value -gt 0.9)"
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["False 0 True 0", "True True 180 inbox-auto-audit-1", "6 of 12, 0 wrong", "126 True True"], run.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_is_an_error_with_the_number_of_labels_needed()
    {
        using var at = Workspace(120);
        var run = await CmdletTests.Run(at, """
            $ProgressPreference = 'SilentlyContinue'
            try { Invoke-FlywheelAutoLabel inbox -Precision 0.98 -Model tiny } catch { $_.FullyQualifiedErrorId.Split(',')[0]; $_.TargetObject -ge 149; $_.ErrorDetails.RecommendedAction -like '*-Strategy Random -Budget*' }
            """);
        Assert.Equal("", run.Error);
        Assert.Equal(["PrecisionNotReachable", "True", "True"], run.Lines);
    }
}
