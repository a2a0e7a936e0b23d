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
        'Approve-FlywheelSuggestion'
        'Compare-FlywheelDataset'
        'Compare-FlywheelModel'
        'Deny-FlywheelSuggestion'
        'Edit-FlywheelSuggestion'
        'Export-FlywheelDataset'
        'Export-FlywheelModel'
        'Find-FlywheelDuplicate'
        'Find-FlywheelFailure'
        'Find-FlywheelLabelError'
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
        'Get-FlywheelRun'
        'Get-FlywheelSuggestion'
        'Get-FlywheelWorkspace'
        'Import-FlywheelDataset'
        'Import-FlywheelModel'
        'Import-FlywheelPrediction'
        'Invoke-FlywheelLoop'
        'Invoke-FlywheelPrediction'
        'Invoke-FlywheelTraining'
        'Measure-FlywheelAgreement'
        'Measure-FlywheelDrift'
        'Measure-FlywheelPerformance'
        'Measure-FlywheelSuggestion'
        'New-FlywheelEndpointKey'
        'New-FlywheelSampleDataset'
        'New-FlywheelWorkspace'
        'Publish-FlywheelModel'
        'Receive-FlywheelAnnotation'
        'Remove-FlywheelEndpointKey'
        'Remove-FlywheelModel'
        'Restore-FlywheelModel'
        'Select-FlywheelImage'
        'Send-FlywheelAnnotation'
        'Set-FlywheelAnnotation'
        'Split-FlywheelDataset'
        'Start-FlywheelEndpoint'
        'Stop-FlywheelEndpoint'
        'Test-FlywheelDataset'
        'Test-FlywheelModel'
        'Test-FlywheelRetraining'
        'Undo-FlywheelAnnotation'
        'Undo-FlywheelSuggestion'
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
