#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0' }

# The module's surface as a pwsh session sees it. Run by ./build.ps1 -Task Pester, after a build.

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot '../../Flywheel.psd1') -Force
    $commands = (Get-Command -Module Flywheel).Name | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../Flywheel.psd1') -Force
}

Describe 'The module' {
    It 'has a manifest that tests well' {
        (Test-ModuleManifest (Join-Path $PSScriptRoot '../../Flywheel.psd1')).Name | Should -Be 'Flywheel'
    }

    It 'exports cmdlets and nothing else' {
        $module = Get-Module Flywheel
        $module.ExportedCmdlets.Count | Should -BeGreaterThan 0
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'keeps third parties out of the session' {
        New-FlywheelWorkspace (Join-Path $TestDrive 'third') | Out-Null
        $default = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.Location
        $default | Where-Object { $_ -like '*engine*' } | Should -BeNullOrEmpty
    }
}

Describe '<Name>' -ForEach $commands {
    It 'has an approved verb' { (Get-Verb).Verb | Should -Contain $Name.Split('-')[0] }

    It 'has help with an example' {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterThan 0
    }

    It 'describes every parameter' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command $Name).Parameters.Keys | Where-Object { $_ -notin $common }) {
            (Get-Help $Name -Parameter $parameter).description.Text | Should -Not -BeNullOrEmpty -Because "-$parameter needs words"
        }
    }
}

Describe 'A workspace' {
    BeforeEach { $place = Join-Path $TestDrive ([guid]::NewGuid()) }

    It 'is not made under -WhatIf' {
        New-FlywheelWorkspace $place -WhatIf
        $place | Should -Not -Exist
    }

    It 'is made, found from below and shown as a table' {
        $made = New-FlywheelWorkspace $place
        $made | Should -BeOfType ([Flywheel.WorkspaceInfo])
        $below = New-Item -ItemType Directory (Join-Path $place 'a/b')
        Push-Location $below
        try { (Get-FlywheelWorkspace).Root | Should -Be $made.Root } finally { Pop-Location }
        ($made | Out-String -Width 120) | Should -Match 'Catalogue'
    }

    It 'that is missing is an error with id, target and next step' {
        { Get-FlywheelWorkspace -Workspace $place -ErrorAction Stop } | Should -Throw -ErrorId 'WorkspaceNotFound,*'
        $Error[0].TargetObject | Should -Be $place
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*New-FlywheelWorkspace*'
    }
}

Describe 'Completion' {
    It 'offers parameters' {
        (TabExpansion2 'New-FlywheelWorkspace -Pa' 25).CompletionMatches.CompletionText | Should -Contain '-Path'
    }
}
