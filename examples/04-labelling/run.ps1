<#
.SYNOPSIS
From no labels to labels people can trust: label some by hand, let the assistant learn, label the rest automatically as far as it can be proven, find the errors, review.
.DESCRIPTION
Without -Mrl it draws its eyes itself. With the MRL Eye Dataset (research data you bring yourself) it replays the founding story once per
seed and holds every automatic label against the file names: coverage, true precision and the bound that was promised. With -Cew as well,
the assistant also starts from a model trained on Closed Eyes in the Wild. What the names say stands in for the people who label and
review; nothing else is ever read from them.
.EXAMPLE
flywheel examples/04-labelling/run.ps1
.EXAMPLE
flywheel examples/04-labelling/run.ps1 -Images 600 -Labels 200
.EXAMPLE
flywheel examples/04-labelling/run.ps1 -Mrl ./mrl -Cew ./cew -Seeds 5
#>
param(
    [string] $Mrl,
    [string] $Cew,
    [int] $Seeds = 1,
    [int] $FirstSeed = 1,
    [int] $Images = 1500,
    [int] $Start = 120,
    [int] $Labels = 300,
    [double] $Precision = 0.95,
    [double] $Noise = 0.05,
    [string] $Workspace = [IO.Path]::Combine($PSScriptRoot, 'work')
)
$ErrorActionPreference = 'Stop'
function Step([string] $title) { Write-Host ''; Write-Host "== $title" }
$rows = [Collections.Generic.List[object]]::new()

for ($seed = $FirstSeed; $seed -lt $FirstSeed + $Seeds; $seed++) {
    $here = [IO.Path]::Combine($Workspace, "seed-$seed")
    $null = New-FlywheelWorkspace $here
    $PSDefaultParameterValues['*-Flywheel*:Workspace'] = $here

    Step "Seed ${seed}: bring the pictures in, without labels"
    if ($Mrl) {
        $source = @{ Path = $Mrl; NamePattern = 's(?<subject>\d{4})_\d+_\d_\d_(?<label>\d)_'; LabelMap = @{ '0' = 'closed'; '1' = 'open' } }
        $truth = @{ From = $Mrl; NamePattern = $source.NamePattern; LabelMap = $source.LabelMap }
    }
    else {
        $drawn = New-FlywheelSampleDataset ([IO.Path]::Combine($here, 'sample')) -Lab $Images -Field 40 -FieldTest 40 -Seed $seed -Force
        $source = @{ Path = $drawn.LabManifest }
        $truth = @{ From = $drawn.LabManifest }
    }
    $blind = $source.Clone()
    $blind.Remove('LabelMap')
    $null = Import-FlywheelDataset @blind -Name pool -Unlabeled
    # A second workspace knows the truth; it only judges.
    $judge = [IO.Path]::Combine($Workspace, "truth-$seed")
    $null = New-FlywheelWorkspace $judge
    $null = Import-FlywheelDataset @source -Name truth -Workspace $judge -ErrorAction SilentlyContinue
    $known = @{}
    foreach ($image in Get-FlywheelImage -Dataset truth -Workspace $judge) { $known[$image.Id] = $image.Label }

    function Add-Labels([int] $count) {
        $null = Select-FlywheelImage pool -Strategy Random -Budget $count -Seed $seed | Set-FlywheelAnnotation @truth
    }
    function Add-Row([string] $what, [object] $result) {
        $auto = [object[]] @(Get-FlywheelImage -Dataset pool | Where-Object Provenance -EQ Auto)
        $right = 0
        foreach ($image in $auto) { if ($known[$image.Id] -eq $image.Label) { $right++ } }
        $true_precision = if ($auto.Length) { $right / $auto.Length } else { [double]::NaN }
        $rows.Add([pscustomobject] @{ Seed = $seed; What = $what; Labels = $result.Labels; Coverage = $result.Coverage; Promised = $Precision; Bound = $result.Bound; True = $true_precision; Held = $true_precision -ge $Precision })
        Write-Host ([string]::Format([cultureinfo]::InvariantCulture, '{0}: {1:0.0} % of the rest labelled; promised {2:0.0} %, proven {3:0.0} %, truly right {4:0.0} %.', $what, 100 * $result.Coverage, 100 * $Precision, 100 * $result.Bound, 100 * $true_precision))
    }
    function Reset-Auto {
        # Takes the automatic labels back, so that the next question starts where this one did.
        $null = Get-FlywheelImage -Dataset pool | Where-Object Provenance -EQ Auto | Set-FlywheelAnnotation -Withdraw -Source 'next question'
    }

    Step "$Start labels by hand"
    Add-Labels $Start
    Get-FlywheelAssistant pool -Precision $Precision -Seed $seed

    Step "Label the rest with a precision of 98 %?"
    try { Invoke-FlywheelAutoLabel pool -Precision 0.98 -Seed $seed -WhatIf; Write-Host 'Yes.' }
    catch { Write-Host "No: $($_.Exception.Message)" }

    if ($Cew) {
        Step "$Start labels, starting from a model of other eyes"
        $null = Import-FlywheelDataset $Cew -Name cew -NamePattern '(?<label>closed|open)' -ErrorAction SilentlyContinue | Split-FlywheelDataset -Train 0.85 -Validation 0.15 -Test 0 -Seed $seed
        $null = Invoke-FlywheelTraining cew -Name cew-model -Preset Balanced -Seed $seed -Threads 2
        try { Add-Row "started from CEW, $Start labels" (Invoke-FlywheelAutoLabel pool -Precision $Precision -Model cew-model -Seed $seed -Audit 0) }
        catch { Write-Host "Refused: $($_.Exception.Message)"; $rows.Add([pscustomobject] @{ Seed = $seed; What = "started from CEW, $Start labels"; Labels = $Start; Coverage = 0; Promised = $Precision; Bound = [double]::NaN; True = [double]::NaN; Held = $true }) }
        Reset-Auto
    }

    Step "$Labels labels by hand, the rest automatically"
    Add-Labels ($Labels - $Start)
    try {
        $result = Invoke-FlywheelAutoLabel pool -Precision $Precision -Seed $seed
        $result
        Add-Row "$Labels labels" $result
        Step 'People check the audit sample'
        $null = $result.Picks | Set-FlywheelAnnotation @truth -Provenance Reviewed -Author auditor
        Get-FlywheelAutoLabel pool
    }
    catch { Write-Host "Refused: $($_.Exception.Message)"; $rows.Add([pscustomobject] @{ Seed = $seed; What = "$Labels labels"; Labels = $Labels; Coverage = 0; Promised = $Precision; Bound = [double]::NaN; True = [double]::NaN; Held = $true }) }

    Step "Somebody gets $([int] (100 * $Noise)) % of the labels wrong"
    $hand = [object[]] @(Get-FlywheelImage -Dataset pool | Where-Object { $_.Label -and $_.Provenance -ne 'Auto' } | Sort-Object Id)
    $random = [Flywheel.SeededRandom]::new($seed)
    $other = @{ closed = 'open'; open = 'closed' }
    $wrong = @{}
    foreach ($image in $hand) {
        if ($random.NextDouble() -lt $Noise) {
            $null = Set-FlywheelAnnotation $image.Id -Label $other[$image.Label] -Author tired
            $wrong[$image.Id] = $true
        }
    }
    Write-Host "$($wrong.Count) of $($hand.Length) labels are wrong now."

    Step 'Find them, and review'
    $found = [object[]] @(Find-FlywheelLabelError pool -Seed $seed -AsSuggestion)
    $found | Select-Object -First 5
    $hits = 0
    foreach ($error_found in $found) { if ($known[$error_found.Image.Id] -ne $error_found.Given) { $hits++ } }
    Write-Host "$($found.Length) suspected, $hits of them wrong by the file names."
    foreach ($suggestion in Get-FlywheelSuggestion -Dataset pool -Status Open) {
        if ($known[$suggestion.ImageId] -eq $suggestion.NewLabel) { $null = $suggestion | Approve-FlywheelSuggestion -Author reviewer }
        else { $null = $suggestion | Deny-FlywheelSuggestion -Author reviewer }
    }
    Measure-FlywheelSuggestion
    $left = 0
    foreach ($image in Get-FlywheelImage -Dataset pool) { if ($image.Label -and $known[$image.Id] -ne $image.Label) { $left++ } }
    Write-Host "$left labels of the pool are still wrong, automatic ones included."

    Step 'The data set as a whole'
    Test-FlywheelDataset pool -FailOn None
}

Step 'In all'
$rows
foreach ($group in $rows | Group-Object What) {
    $coverage = 0.0; $held = 0
    foreach ($row in $group.Group) { $coverage += $row.Coverage / $group.Count; $held += [int] $row.Held }
    Write-Host ([string]::Format([cultureinfo]::InvariantCulture, '{0}: mean coverage {1:0.0} %, the promise held in {2} of {3} runs', $group.Name, 100 * $coverage, $held, $group.Count))
}
