<#
.SYNOPSIS
Runs the founding experiment over several seeds, with its controls, and prints the table.
.EXAMPLE
flywheel examples/02-eyes/run.ps1 -Mrl ./mrl -Cew ./cew -Seeds 3
#>
param(
    [Parameter(Mandatory)] [string] $Mrl,
    [Parameter(Mandatory)] [string] $Cew,
    [ValidateRange(1, 100)] [int] $Seeds = 3,
    [switch] $Force
)
$ErrorActionPreference = 'Stop'
$loop = [IO.Path]::Combine($PSScriptRoot, 'eyes.flywheel.yaml')

function Measure-Mean([double[]] $Values) {
    $sum = 0.0
    foreach ($value in $Values) { $sum += $value }
    $mean = $sum / $Values.Count
    $squares = 0.0
    foreach ($value in $Values) { $squares += ($value - $mean) * ($value - $mean) }
    # One value has no deviation.
    $deviation = if ($Values.Count -gt 1) { [Math]::Sqrt($squares / ($Values.Count - 1)).ToString('0.0', [Globalization.CultureInfo]::InvariantCulture) } else { '–' }
    [pscustomobject]@{ Mean = $mean; Deviation = $deviation }
}

$runs = foreach ($seed in 1..$Seeds) {
    Invoke-FlywheelLoop $loop -Variable @{ MRL = $Mrl; CEW = $Cew; SEED = $seed } -Force:$Force
}

$culture = [Globalization.CultureInfo]::InvariantCulture
$lines = [Collections.Generic.List[string]]::new()
$lines.Add('')
$lines.Add([string]::Format($culture, '{0,-52} {1,6} {2,14} {3,16}', 'row', 'labels', 'CEW hold-out', 'MRL balanced'))
$lines.Add('-' * 91)
foreach ($row in $runs[0].Arms) {
    $production = [Collections.Generic.List[double]]::new()
    $source = [Collections.Generic.List[double]]::new()
    foreach ($run in $runs) {
        foreach ($arm in $run.Arms) {
            if ($arm.Key -eq $row.Key) {
                $production.Add(100 * $arm.Evaluations[0].Accuracy.Value)
                $source.Add(100 * $arm.Evaluations[1].BalancedAccuracy.Value)
            }
        }
    }
    $p = Measure-Mean $production
    $s = Measure-Mean $source
    $lines.Add([string]::Format($culture, '{0,-52} {1,6} {2,7:0.0} ± {3,4} {4,9:0.0} ± {5,4}', $row.Title, $row.Labels, $p.Mean, $p.Deviation, $s.Mean, $s.Deviation))
}
$times = foreach ($run in $runs) { [string]::Format($culture, '{0:0} s', $run.Duration.TotalSeconds) }
$lines.Add('')
$lines.Add("Accuracy in %, mean ± standard deviation over $Seeds seeds; seed by seed the whole chain with all controls took $($times -join ', ').")
foreach ($run in $runs) { $lines.Add("Report: $($run.ReportPath)") }
$lines -join [Environment]::NewLine
