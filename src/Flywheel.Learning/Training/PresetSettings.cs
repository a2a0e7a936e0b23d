namespace Flywheel.Learning.Training;

/// <summary>
/// What the presets mean. Times are of 2,000 grey pictures at 32 pixels on two free cores.
/// <list type="bullet">
/// <item><description><b>Fast</b>: 98,000 parameters, one convolution a stage, inputs up to 32 pixels, 20 epochs: about 15 seconds.</description></item>
/// <item><description><b>Balanced</b>: 292,000 parameters, two convolutions a stage, inputs up to 48 pixels, 30 epochs, mirror-averaged: about a minute.</description></item>
/// <item><description><b>Accurate</b>: 655,000 parameters, inputs up to 64 pixels, 60 epochs, mirror-averaged: about five minutes.</description></item>
/// </list>
/// </summary>
/// <param name="Width">Channels of the first stage.</param>
/// <param name="ConvolutionsPerStage">1 or 2.</param>
/// <param name="MaxInput">Largest input side.</param>
/// <param name="Epochs">Of a training from scratch.</param>
/// <param name="AdaptEpochs">Of an adaptation or continuation.</param>
/// <param name="MirrorAveraging">Average with the mirror image when predicting (costs twice the time).</param>
public sealed record PresetSettings(int Width, int ConvolutionsPerStage, int MaxInput, int Epochs, int AdaptEpochs, bool MirrorAveraging)
{
    /// <summary>The settings of a preset.</summary>
    public static PresetSettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Fast => new(16, 1, 32, 20, 8, false),
        TrainingPreset.Balanced => new(16, 2, 48, 30, 12, true),
        TrainingPreset.Accurate => new(24, 2, 64, 60, 20, true),
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "No such preset."),
    };
}
