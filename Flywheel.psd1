@{
    NestedModules        = @('module/bin/Flywheel.PowerShell.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '1ad4523e-a45f-4df5-af82-3e1075e2a1ff'
    Author               = 'The Flywheel authors'
    CompanyName          = 'The Flywheel authors'
    Copyright            = '(c) The Flywheel authors. MIT licence.'
    Description          = 'Turns the computer-vision data flywheel: import, split, train, evaluate, meet production, find failures, choose what to label, label, retrain, prove the gain. On this machine, from PowerShell.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/Flywheel.Format.ps1xml')
    CmdletsToExport      = @(
        'Add-FlywheelFeedback'
        'Compare-FlywheelDataset'
        'Compare-FlywheelModel'
        'Export-FlywheelDataset'
        'Export-FlywheelModel'
        'Find-FlywheelFailure'
        'Find-FlywheelSlice'
        'Get-FlywheelAnnotation'
        'Get-FlywheelDataset'
        'Get-FlywheelDatasetVersion'
        'Get-FlywheelDecision'
        'Get-FlywheelEndpoint'
        'Get-FlywheelEndpointKey'
        'Get-FlywheelImage'
        'Get-FlywheelModel'
        'Get-FlywheelModelHistory'
        'Get-FlywheelPrediction'
        'Get-FlywheelQueue'
        'Get-FlywheelRun'
        'Get-FlywheelStudio'
        'Get-FlywheelWorkspace'
        'Import-FlywheelDataset'
        'Import-FlywheelModel'
        'Import-FlywheelPrediction'
        'Invoke-FlywheelLoop'
        'Invoke-FlywheelPrediction'
        'Invoke-FlywheelTraining'
        'Measure-FlywheelDrift'
        'Measure-FlywheelPerformance'
        'New-FlywheelEndpointKey'
        'New-FlywheelQueue'
        'New-FlywheelSampleDataset'
        'New-FlywheelWorkspace'
        'Publish-FlywheelModel'
        'Remove-FlywheelEndpointKey'
        'Remove-FlywheelModel'
        'Remove-FlywheelQueue'
        'Restore-FlywheelModel'
        'Select-FlywheelImage'
        'Send-FlywheelAnnotation'
        'Set-FlywheelAnnotation'
        'Split-FlywheelDataset'
        'Start-FlywheelEndpoint'
        'Start-FlywheelStudio'
        'Stop-FlywheelEndpoint'
        'Stop-FlywheelStudio'
        'Test-FlywheelModel'
        'Test-FlywheelRetraining'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('ComputerVision', 'MachineLearning', 'ActiveLearning', 'ImageClassification', 'ONNX', 'Windows', 'Linux', 'MacOS')
        }
    }
}
