<#
.SYNOPSIS
One turn of the wheel, cmdlet by cmdlet, each object piping into the next.
.DESCRIPTION
Without parameters on drawn eyes; with -Mrl and -Cew on the real ones of the founding experiment. Production is one dataset, imported
without labels: its Train part is what the model meets, its Test part gets its labels back and is the hold-out no model learns from.
.EXAMPLE
flywheel examples/01-first-turn/stage-by-stage.ps1
.EXAMPLE
flywheel examples/01-first-turn/stage-by-stage.ps1 -Mrl ./mrl -Cew ./cew
#>
param(
    [string] $Mrl,
    [string] $Cew,
    [int] $Seed = 7,
    [int] $Budget = 80,
    [ValidateSet('Fast', 'Balanced', 'Accurate')] [string] $Preset = 'Balanced',
    [string] $Workspace = [IO.Path]::Combine($PSScriptRoot, 'work')
)
$ErrorActionPreference = 'Stop'
if ([bool] $Mrl -ne [bool] $Cew) { throw 'Give both -Mrl and -Cew, or neither.' }

$null = New-FlywheelWorkspace $Workspace
$PSDefaultParameterValues['*-Flywheel*:Workspace'] = $Workspace

# Images with labels from the lab, images without from production.
if ($Mrl) {
    $truth = @{ From = $Cew; NamePattern = '(?<label>closed|open)(?<side>Left|Right)Eyes/(?<photo>.+?)(?:_face_\d+)?_[LR]\.jpg$' }
    $lab = Import-FlywheelDataset $Mrl -Name lab -LabelMap @{ '0' = 'closed'; '1' = 'open' } -NamePattern '^s(?<subject>\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_'
    $field = Import-FlywheelDataset $Cew -Name field -Unlabeled -NamePattern $truth.NamePattern
    $group = 'photo'
    $met = 0.41
}
else {
    $sample = New-FlywheelSampleDataset ([IO.Path]::Combine($Workspace, 'sample')) -Lab 2000 -Field 1800 -FieldTest 0 -Seed $Seed -Force
    $truth = @{ From = $sample.FieldTruth }
    $lab = Import-FlywheelDataset $sample.LabManifest -Name lab
    $field = Import-FlywheelDataset $sample.FieldManifest -Name field -Unlabeled
    $group = 'subject'
    $met = 0.55
}

# Nobody is in two splits; what production is judged on gets its labels back.
$lab = $lab | Split-FlywheelDataset -GroupBy subject -Train 0.6 -Validation 0.08 -Test 0.32 -Seed $Seed
$field = $field | Split-FlywheelDataset -GroupBy $group -IncludeUnlabeled -Train $met -Validation 0 -Test (1 - $met) -Seed $Seed
$null = Get-FlywheelImage field -Split Test | Set-FlywheelAnnotation @truth -Provenance Imported
Get-FlywheelDataset

# Train on the lab, meet the field, adapt to it without a label.
$recipe = @{ Preset = $Preset; PerLabel = 1000; Seed = $Seed; Threads = 2 }
$start = $lab | Invoke-FlywheelTraining @recipe -Name start
$start | Test-FlywheelModel -Dataset field -Split Test
$null = Get-FlywheelImage field -Split Train | Invoke-FlywheelPrediction -Model $start
$adapted = $lab | Invoke-FlywheelTraining @recipe -From $start -Unlabeled field -Target @() -Name adapted

# What does it probably get wrong, and what is worth a label?
Find-FlywheelFailure $adapted field -Suspected -First 5
$chosen = $field | Select-FlywheelImage -Model $adapted -Budget $Budget -Seed $Seed
$null = $chosen | Set-FlywheelAnnotation @truth

# Learn from the new labels; is the gain real?
$after = $lab | Invoke-FlywheelTraining @recipe -From $adapted -Unlabeled field -Name after
$after | Test-FlywheelModel -Dataset field -Split Test
Compare-FlywheelModel $start $after -Dataset field -Split Test
Get-FlywheelModel
