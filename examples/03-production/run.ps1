<#
.SYNOPSIS
A model's life in production in one script: publish behind a gate, serve, listen, find the edge cases, decide, retrain, publish again, roll back.
.DESCRIPTION
Draws its eyes itself. The lab's model is published and served; a thousand pictures from the field go through the endpoint over HTTP, and
forty users report. Then the questions: what does it get wrong, under which conditions, has production drifted, how accurate is it
there, does retraining pay? Sixty pictures drawn at random are audited, eighty chosen ones labelled (the drawn truth stands in for people),
and the model learned from them goes into production under load if the gate lets it.
.EXAMPLE
flywheel examples/03-production/run.ps1
.EXAMPLE
flywheel examples/03-production/run.ps1 -Preset Fast -Requests 400
#>
param(
    [int] $Requests = 1000,
    [int] $Reports = 40,
    [int] $Audit = 60,
    [int] $Budget = 80,
    [int] $Seed = 7,
    [ValidateSet('Fast', 'Balanced', 'Accurate')] [string] $Preset = 'Balanced',
    [string] $Workspace = [IO.Path]::Combine($PSScriptRoot, 'work')
)
$ErrorActionPreference = 'Stop'
$null = New-FlywheelWorkspace $Workspace
$PSDefaultParameterValues['*-Flywheel*:Workspace'] = $Workspace
function Step([string] $title) { Write-Host ''; Write-Host "== $title" }

Step 'The lab: draw, split, train'
$sample = New-FlywheelSampleDataset ([IO.Path]::Combine($Workspace, 'sample')) -Lab 2000 -Field $Requests -FieldTest 800 -Seed $Seed -Force
$lab = Import-FlywheelDataset $sample.LabManifest -Name lab | Split-FlywheelDataset -GroupBy subject -Train 0.6 -Validation 0.08 -Test 0.32 -Seed $Seed
$null = Import-FlywheelDataset $sample.FieldTestManifest -Name holdout
$recipe = @{ Preset = $Preset; Seed = $Seed; Threads = 2 }
$start = $lab | Invoke-FlywheelTraining @recipe -Augmentation Flip -Name start

Step 'Publish behind a gate'
$gate = 'accuracy >= 0.85', 'accuracy >= champion - 0.005', 'latency.p95 <= 200ms'
$start | Publish-FlywheelModel -Dataset lab -Gate $gate

Step 'Serve'
$endpoint = Start-FlywheelEndpoint -Port 0 -Keep all
$endpoint
$http = [Net.Http.HttpClient]::new()
$http.BaseAddress = $endpoint.Url
function Invoke-Json([Net.Http.HttpRequestMessage] $request) {
    $response = $http.Send($request)
    $text = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
    if (-not $response.IsSuccessStatusCode) { throw "$([int] $response.StatusCode): $text" }
    , [Text.Json.Nodes.JsonNode]::Parse($text) # the comma: an object of JSON would come out as its members
}
function Get-ServedVersion {
    # Which version answers, asked the way a client would.
    $request = [Net.Http.HttpRequestMessage]::new('Post', '/v1/predict')
    $request.Content = [Net.Http.ByteArrayContent]::new($first)
    [int] (Invoke-Json $request)['model']['version']
}
function Wait-Version([int] $wanted) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while ((Get-ServedVersion) -ne $wanted) {
        if ($clock.Elapsed.TotalSeconds -gt 10) { throw "Version $wanted is not in service after ten seconds." }
        [Threading.Thread]::Sleep(20)
    }
    Write-Host "Version $wanted answers, $([int] $clock.ElapsedMilliseconds) ms after the alias was moved."
}

try {
    Step "Push $Requests pictures through the endpoint"
    $rows = [IO.File]::ReadAllLines($sample.FieldTruth)
    $column = @{}
    $names = $rows[0].Split(',')
    for ($i = 0; $i -lt $names.Length; $i++) { $column[$names[$i]] = $i }
    $served = [Collections.Generic.List[object]]::new()
    $first = $null
    $clock = [Diagnostics.Stopwatch]::StartNew()
    foreach ($row in $rows[1..($rows.Length - 1)]) {
        $cells = $row.Split(',')
        $bytes = [IO.File]::ReadAllBytes([IO.Path]::Combine($sample.Path, $cells[$column.path]))
        if (-not $first) { $first = $bytes }
        $tags = [Text.Json.Nodes.JsonObject]::new()
        foreach ($name in 'subject', 'glasses', 'light') { $tags[$name] = [string] $cells[$column[$name]] }
        $request = [Net.Http.HttpRequestMessage]::new('Post', '/v1/predict')
        $request.Content = [Net.Http.ByteArrayContent]::new($bytes)
        $request.Headers.Add('Flywheel-Tags', $tags.ToJsonString())
        $answer = Invoke-Json $request
        $served.Add(@{ Id = [string] $answer['id']; Label = [string] $answer['label']; Truth = $cells[$column.label]; Cells = $cells })
    }
    $right = @($served | Where-Object { $_.Label -eq $_.Truth }).Count
    Write-Host "$($served.Count) answered in $([Math]::Round($clock.Elapsed.TotalSeconds, 1)) s, one after another; $right of them are right, which only the drawing knows."

    Step "$Reports users report"
    $told = 0
    foreach ($one in $served) {
        if ($told -ge $Reports) { break }
        # Users complain of errors; now and then one says that an answer was right.
        $wrong = $one.Label -ne $one.Truth
        if (-not $wrong -and $told % 5 -ne 4) { continue }
        $cells = $one.Cells
        $why = if (-not $wrong) { 'fine' } elseif ([double]::Parse($cells[$column.glare], [cultureinfo]::InvariantCulture) -gt 0.3) { 'glare on the glasses' }
            elseif ([int] $cells[$column.size] -lt 22) { 'far away, tiny' } elseif ($cells[$column.light] -ne 'even') { "bad light: $($cells[$column.light])" } else { 'half closed' }
        $body = [Text.Json.Nodes.JsonObject]::new()
        $body['verdict'] = if ($wrong) { 'wrong' } else { 'right' }
        if ($wrong) { $body['label'] = $one.Truth }
        $body['reason'] = $why
        $body['reporter'] = 'operator'
        $request = [Net.Http.HttpRequestMessage]::new('Post', "/v1/predictions/$($one.Id)/feedback")
        $request.Content = [Net.Http.StringContent]::new($body.ToJsonString(), [Text.Encoding]::UTF8, 'application/json')
        $null = Invoke-Json $request
        $told++
    }
    Write-Host "$told reports are in the catalogue."
    Get-FlywheelPrediction -Model production -Reported -Reason glare -First 3

    Step 'What does it get wrong, and under which conditions?'
    Find-FlywheelFailure production inbox -First 5 -ContactSheet ([IO.Path]::Combine($Workspace, 'failures.png'))
    Find-FlywheelSlice production inbox -Against Reference -GroupBy subject -ContactSheetFolder ([IO.Path]::Combine($Workspace, 'slices')) -Seed $Seed

    Step 'Has production drifted?'
    Measure-FlywheelDrift production -Dataset inbox -GroupBy subject -FalseAlarms '1 per 30d' -Every 1d -Seed $Seed

    Step 'How accurate is it there? First without labels, then with an audit'
    Measure-FlywheelPerformance production inbox -GroupBy subject -Seed $Seed
    $null = Select-FlywheelImage inbox -Model production -Strategy Audit -Budget $Audit -Seed $Seed | Set-FlywheelAnnotation -From $sample.FieldTruth
    Measure-FlywheelPerformance production inbox -GroupBy subject -Seed $Seed

    Step 'Does retraining pay?'
    Test-FlywheelRetraining production -CostPerLabel 0.10 -CostPerError 0.50 -CostPerTraining 2 -Horizon 30d -Volume $Requests -Cooldown 1m -Seed $Seed | Format-List

    Step "Label $Budget, retrain"
    $adapted = $lab | Invoke-FlywheelTraining @recipe -From $start -Unlabeled inbox -Target @() -Name adapted
    $null = Select-FlywheelImage inbox -Model $adapted -Budget $Budget -Seed $Seed | Set-FlywheelAnnotation -From $sample.FieldTruth
    $after = $lab | Invoke-FlywheelTraining @recipe -From $adapted -Unlabeled inbox -Name after
    Compare-FlywheelModel $start $after -Dataset holdout

    Step 'Publish behind the gate; the endpoint follows'
    $after | Publish-FlywheelModel -Dataset holdout -Gate 'accuracy >= champion', 'recall[closed] >= champion', 'no slice worse than champion by 0.05 or unclear' -Reason 'learned from the field'
    Wait-Version 2

    Step 'And back again, in one call'
    Restore-FlywheelModel production -Reason 'to show that it works'
    Wait-Version 1
    Get-FlywheelModelHistory
    Get-FlywheelDecision
}
finally {
    $http.Dispose()
    $endpoint | Stop-FlywheelEndpoint
}
