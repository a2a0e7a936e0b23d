<#
.SYNOPSIS
    Builds, tests and publishes Flywheel. A facade over dotnet.
.DESCRIPTION
    Build makes everything and stages the module in module/bin. Test runs every test. Publish makes a folder to copy to a PSModulePath:
    artifacts/module/<runtime>/Flywheel. Pester runs the suite in tests/pester (it needs pwsh and Pester 5). Clean removes what was built.
    Runs in pwsh and in the project's own shell: it uses only commands of the PowerShell engine itself, and .NET.
.EXAMPLE
    ./build.ps1
.EXAMPLE
    ./build.ps1 -Task Publish -Runtime win-x64
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Publish', 'Pester', 'Clean')] [string[]] $Task = 'Build',
    # The system the native files are for; this machine by default.
    [ValidateSet('win-x64', 'linux-x64', 'osx-arm64')] [string] $Runtime,
    [ValidateSet('Release', 'Debug')] [string] $Configuration = 'Release',
    # Where Publish puts the module; its last part should be Flywheel.
    [string] $Output
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Invoke-DotNet {
    $words = $args
    $Host.UI.WriteLine("dotnet $words")
    & dotnet @words | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($words[0]) ended with exit code $LASTEXITCODE." }
}

$properties = @()
if ($Runtime) { $properties += "-p:FlywheelRuntime=$Runtime" }

foreach ($one in $Task) {
    switch ($one) {
        'Build' { Invoke-DotNet build "$root/Flywheel.slnx" -c $Configuration @properties }
        'Test' {
            if ($Runtime) { throw 'Tests run on this machine: leave -Runtime out.' }
            Invoke-DotNet test --solution "$root/Flywheel.slnx" -c $Configuration
        }
        'Publish' {
            if ($Output) { $properties += "-p:FlywheelModuleOutput=$($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Output))" }
            Invoke-DotNet publish "$root/src/Flywheel.PowerShell" -c $Configuration @properties
        }
        'Pester' {
            $manifest = "$root/Flywheel.psd1"
            if (-not [IO.File]::Exists("$root/module/bin/Flywheel.PowerShell.dll")) { throw 'Build first: ./build.ps1 -Task Build, Pester' }
            if (-not (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 5 })) { throw 'Pester 5 is not installed: Install-Module Pester' }
            Import-Module Pester -MinimumVersion 5.0
            Import-Module $manifest -Force
            $result = Invoke-Pester -Path "$root/tests/pester" -PassThru
            if ($result.Result -ne 'Passed') { throw "$($result.FailedCount) Pester tests failed." }
        }
        'Clean' {
            foreach ($folder in "$root/artifacts", "$root/module/bin") {
                if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
            }
        }
    }
}
