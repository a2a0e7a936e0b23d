using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Catalogue.Tests;

/// <summary>A catalogue in a folder of its own that goes away after the test.</summary>
sealed class TemporaryCatalogue : IDisposable
{
    public TemporaryCatalogue()
    {
        Directory.CreateDirectory(Root);
        Store = SqliteCatalogue.Open(File, Root);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "flywheel-catalogue-" + Guid.NewGuid().ToString("n"));

    public string File => Path.Combine(Root, "catalogue.db");

    public SqliteCatalogue Store { get; private set; }

    public void Reopen()
    {
        Store.Dispose();
        Store = SqliteCatalogue.Open(File, Root);
    }

    public static string Id(object seed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}")));

    public ImageRecord Record(object seed, string? label = null, string? path = null, params (string Key, string Value)[] tags) => new()
    {
        Id = Id(seed),
        Path = path ?? Path.Combine(Root, "data", $"{seed}.png"),
        Format = "png",
        Bytes = 1000,
        ModifiedTicks = 42,
        Measurement = new ImageMeasurement(24, 30, 0.5, 0.1, 100, 6, 0, 0xF0F0_F0F0_F0F0_F0F0),
        Label = label,
        Tags = tags.ToDictionary(t => t.Key, t => t.Value),
    };

    public void Add(string dataset, params ImageRecord[] records) => Store.AddImages(dataset, records, "tester");

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
