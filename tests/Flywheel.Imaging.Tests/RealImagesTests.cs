namespace Flywheel.Imaging.Tests;

public sealed class RealImagesTests
{
    [Theory]
    [InlineData("mrl", "*.png", "png"), InlineData("cew", "*.jpg", "jpeg"), InlineData("bccd", "*.jpg", "jpeg")]
    public void Every_real_image_decodes_and_measures_within_range(string folder, string pattern, string format)
    {
        var files = Directory.GetFiles(Reference.SharedData(folder), pattern, SearchOption.AllDirectories);
        foreach (var file in files.Where((_, i) => i % 20 == 0))
        {
            var seen = ImageInspector.Inspect(file);
            Assert.Equal(format, seen.Format);
            Assert.InRange(seen.Measurement.Brightness, 0.01, 0.99);
            Assert.InRange(seen.Measurement.Contrast, 0.001, 0.5);
            Assert.InRange(seen.Measurement.Entropy, 0.1, 8);
            Assert.Equal(folder == "bccd", seen.Measurement.Colorfulness > 0);
        }
    }
}
