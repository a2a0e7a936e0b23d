# Everyday commands that the bare PowerShell engine lacks, with their commonest parameters. A machine with pwsh has the full ones.

function Set-Location {
    [CmdletBinding()] param([Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string] $Path = [Environment]::GetFolderPath('UserProfile'), [switch] $PassThru)
    process {
        $place = $PSCmdlet.SessionState.Path.SetLocation($Path)
        if ($PassThru) { $place }
    }
}

function Get-Location {
    [CmdletBinding()] param()
    $PSCmdlet.SessionState.Path.CurrentLocation
}

function Get-ChildItem {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Path', ValueFromPipeline)] [string[]] $Path = '.',
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath', ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [switch] $Recurse, [switch] $File, [switch] $Directory, [switch] $Force, [switch] $Name)
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $places = if ($literal) { $LiteralPath } else { $Path }
        foreach ($item in $PSCmdlet.SessionState.InvokeProvider.ChildItem.Get([string[]] $places, $Recurse.IsPresent, $Force.IsPresent, $literal)) {
            if ($File -and $item.PSIsContainer) { continue }
            if ($Directory -and -not $item.PSIsContainer) { continue }
            if ($Name) { $item.PSChildName } else { $item }
        }
    }
}

function Get-Item {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string[]] $Path)
    process { $PSCmdlet.SessionState.InvokeProvider.Item.Get($Path, $true, $false) }
}

function Remove-Item {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $Path, [switch] $Recurse)
    process {
        foreach ($one in $Path) {
            foreach ($item in @($PSCmdlet.SessionState.InvokeProvider.Item.Get([string[]] $one, $true, $false))) {
                if ($item -is [IO.DirectoryInfo] -and -not $Recurse -and $item.GetFileSystemInfos().Count -gt 0) {
                    $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new([IO.IOException]::new("The folder '$item' is not empty."), 'DirectoryNotEmpty', 'InvalidOperation', $item.FullName))
                    continue
                }
                if (-not $PSCmdlet.ShouldProcess($item.FullName, 'Remove')) { continue }
                if ($item -is [IO.DirectoryInfo]) { $item.Delete($Recurse.IsPresent) } else { $item.Delete() }
            }
        }
    }
}

function Test-Path {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string[]] $Path)
    process { foreach ($one in $Path) { $one -ne '' -and $PSCmdlet.SessionState.InvokeProvider.Item.Exists($one) } }
}

function Join-Path {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [string] $Path, [Parameter(Mandatory, Position = 1, ValueFromRemainingArguments)] [string[]] $ChildPath)
    foreach ($child in $ChildPath) { $Path = $PSCmdlet.SessionState.Path.Combine($Path, $child) }
    $Path
}

function Resolve-Path {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string[]] $Path)
    process { foreach ($one in $Path) { $PSCmdlet.SessionState.Path.GetResolvedPSPathFromPSPath($one) } }
}

function Get-Content {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $Path, [switch] $Raw)
    process {
        foreach ($one in $Path) {
            foreach ($place in $PSCmdlet.SessionState.Path.GetResolvedPSPathFromPSPath($one)) {
                if ($Raw) { [IO.File]::ReadAllText($place.ProviderPath) } else { [IO.File]::ReadLines($place.ProviderPath) }
            }
        }
    }
}

function Write-Output {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] [AllowNull()] [AllowEmptyCollection()] [object] $InputObject, [switch] $NoEnumerate)
    process { $PSCmdlet.WriteObject($InputObject, -not $NoEnumerate) }
}

function Write-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] [object] $Object, [switch] $NoNewline, [string] $Separator = ' ', [ConsoleColor] $ForegroundColor)
    process {
        $message = [Management.Automation.HostInformationMessage] @{ Message = ($Object -join $Separator); NoNewLine = $NoNewline.IsPresent }
        if ($PSBoundParameters.ContainsKey('ForegroundColor')) { $message.ForegroundColor = $ForegroundColor }
        $PSCmdlet.WriteInformation($message, [string[]] 'PSHOST')
    }
}

function Write-Information {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowNull()] [object] $MessageData, [string[]] $Tags = @())
    process { $PSCmdlet.WriteInformation($MessageData, $Tags) }
}

function Write-Verbose {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteVerbose($Message) }
}

function Write-Warning {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteWarning($Message) }
}

function Write-Error {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string] $Message, [string] $ErrorId = 'WriteError', [Management.Automation.ErrorCategory] $Category = 'NotSpecified', [object] $TargetObject)
    process { $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new([Exception]::new($Message), $ErrorId, $Category, $TargetObject)) }
}

function Write-Progress {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [string] $Activity, [Parameter(Position = 1)] [string] $Status = ' ', [int] $Id = 0, [int] $PercentComplete = -1, [int] $SecondsRemaining = -1, [switch] $Completed)
    $record = [Management.Automation.ProgressRecord]::new($Id, $Activity, $Status)
    $record.PercentComplete = $PercentComplete
    $record.SecondsRemaining = $SecondsRemaining
    if ($Completed) { $record.RecordType = 'Completed' }
    $PSCmdlet.CommandRuntime.WriteProgress(0, $record) # one source for all calls, or each would be an activity of its own
}

function Read-Host {
    [CmdletBinding()] param([Parameter(Position = 0)] [string] $Prompt)
    if ($Prompt) { $Host.UI.Write("${Prompt}: ") }
    try { $Host.UI.ReadLine() } catch { $PSCmdlet.ThrowTerminatingError($_) }
}

function Start-Sleep {
    [CmdletBinding(DefaultParameterSetName = 'Seconds')]
    param([Parameter(Mandatory, Position = 0, ParameterSetName = 'Seconds')] [double] $Seconds, [Parameter(Mandatory, ParameterSetName = 'Milliseconds')] [int] $Milliseconds)
    $left = if ($PSCmdlet.ParameterSetName -eq 'Seconds') { $Seconds * 1000 } else { $Milliseconds }
    # In short steps, so that Ctrl+C is heard between them.
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (($rest = $left - $clock.ElapsedMilliseconds) -gt 0) { [Threading.Thread]::Sleep([int] [Math]::Min(100, [Math]::Ceiling($rest))) }
}

function Group-Object {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [string] $Property, [Parameter(ValueFromPipeline)] [object] $InputObject)
    begin { $groups = [Collections.Specialized.OrderedDictionary]::new([StringComparer]::OrdinalIgnoreCase) }
    process {
        $key = [string] $InputObject.$Property
        if (-not $groups.Contains($key)) { $groups[$key] = [Collections.Generic.List[object]]::new() }
        $groups[$key].Add($InputObject)
    }
    end { foreach ($entry in $groups.GetEnumerator()) { [pscustomobject] @{ Count = $entry.Value.Count; Name = $entry.Key; Group = $entry.Value } } }
}

function Measure-Object {
    [CmdletBinding()] param([Parameter(Position = 0)] [string] $Property, [Parameter(ValueFromPipeline)] [object] $InputObject)
    begin { $count = 0; $sum = 0.0; $low = [double]::PositiveInfinity; $high = [double]::NegativeInfinity }
    process {
        $count++
        if ($Property) {
            $value = [double] $InputObject.$Property
            $sum += $value
            $low = [Math]::Min($low, $value)
            $high = [Math]::Max($high, $value)
        }
    }
    end {
        if ($Property) { [pscustomobject] @{ Property = $Property; Count = $count; Sum = $sum; Average = $sum / $count; Minimum = $low; Maximum = $high } }
        else { [pscustomobject] @{ Count = $count } }
    }
}

foreach ($pair in @{ cd = 'Set-Location'; pwd = 'Get-Location'; gci = 'Get-ChildItem'; dir = 'Get-ChildItem'; select = 'Select-Object'; sort = 'Sort-Object'; group = 'Group-Object'
        measure = 'Measure-Object'; ft = 'Format-Table'; fl = 'Format-List'; echo = 'Write-Output'; gc = 'Get-Content'; '%' = 'ForEach-Object'; '?' = 'Where-Object' }.GetEnumerator()) {
    $ExecutionContext.InvokeProvider.Item.Set("Alias:/$($pair.Key)", $pair.Value) | Out-Null
}
