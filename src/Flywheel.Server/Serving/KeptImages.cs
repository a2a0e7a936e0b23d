using System.Globalization;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Serving;

/// <summary>
/// Image files the endpoint keeps: <c>.flywheel/images/endpoint/&lt;day&gt;/&lt;id&gt;.&lt;ext&gt;</c>. After the retention time the file goes, and the
/// catalogue keeps what was measured. An image that somebody labelled meanwhile is data to learn from, and stays.
/// </summary>
sealed partial class KeptImages(Workspace workspace, EndpointOptions options, Metrics metrics, TimeProvider time, ILogger<KeptImages> logger) : BackgroundService
{
    const string DayFormat = "yyyy-MM-dd";
    const int Block = 500;

    string Folder => Path.Combine(workspace.ImagesPath, "endpoint");

    /// <summary>Writes an image's bytes and returns it with its path; without one where the disk refuses, for the answer matters more.</summary>
    public FlywheelImage Keep(ImageJob job)
    {
        var image = job.Image;
        var folder = Path.Combine(Folder, time.GetUtcNow().ToString(DayFormat, CultureInfo.InvariantCulture));
        var target = Path.Combine(folder, $"{image.Id}.{(image.Format == "jpeg" ? "jpg" : image.Format)}");
        if (File.Exists(target)) return image with { Path = target };
        var temporary = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1)) file.Write(job.Bytes);
            File.Move(temporary, target, overwrite: true);
            metrics.Kept.Add("kept");
            return image with { Path = target };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            metrics.Kept.Add("failed");
            NotKept(e);
            return image;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Retention is not { } retention) return;
        var pause = TimeSpan.FromSeconds(Math.Clamp(retention.TotalSeconds / 20, 0.5, 600));
        using var timer = new PeriodicTimer(pause, time);
        do
        {
            try
            {
                Sweep(time.GetUtcNow() - retention, stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FlywheelException)
            {
                NotSwept(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Deletes files older than that, and folders that are empty then. The catalogue forgets a file before it goes.</summary>
    internal void Sweep(DateTimeOffset before, CancellationToken token)
    {
        if (!Directory.Exists(Folder)) return;
        foreach (var day in Directory.GetDirectories(Folder))
        {
            if (!DateTime.TryParseExact(Path.GetFileName(day), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) || date >= before.UtcDateTime) continue;
            foreach (var block in Directory.EnumerateFiles(day).Where(f => File.GetLastWriteTimeUtc(f) < before.UtcDateTime).Chunk(Block))
            {
                token.ThrowIfCancellationRequested();
                string[] ids = [.. block.Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n.Length == 64 && n.All(char.IsAsciiHexDigit))];
                var labelled = workspace.Catalogue.Images(new ImageQuery { Ids = ids }).Where(i => i.Label is not null).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
                string[] old = [.. block.Where(f => !labelled.Contains(Path.GetFileNameWithoutExtension(f)))];
                workspace.Catalogue.ForgetFiles(old);
                foreach (var file in old) File.Delete(file);
                metrics.Kept.Add("deleted", by: old.Length);
            }
            if (date.AddDays(1) < before.UtcDateTime && !Directory.EnumerateFileSystemEntries(day).Any()) Directory.Delete(day);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "An image could not be kept")]
    partial void NotKept(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Images past their retention time could not all be deleted")]
    partial void NotSwept(Exception exception);
}
