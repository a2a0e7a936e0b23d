namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Images whose file is gone or can no longer be read; and how many have no label.</summary>
sealed class MissingDetector : IDatasetDetector
{
    public string Name => "missing";
    public string About => "files that are gone or changed";
    public DetectorSeverity Severity => DetectorSeverity.Warning;

    public DetectorOutcome Run(DetectorContext context)
    {
        var images = context.Images;
        var scores = new double[images.Count];
        List<DatasetFinding> findings = [];
        int unlabelled = 0, notKept = 0;
        for (var i = 0; i < images.Count; i++)
        {
            context.Token.ThrowIfCancellationRequested();
            if (images[i].Label is null) unlabelled++;
            if (images[i].Path.Length == 0) notKept++; // an endpoint that keeps no pictures; nothing is wrong with that
            else if (Fault(images[i]) is { } why)
            {
                scores[i] = 1;
                findings.Add(context.Finding(Name, i, 1, why));
            }
        }
        return new DetectorOutcome
        {
            N = images.Count,
            Scores = scores,
            Findings = findings,
            Summary = FormattableString.Invariant($"{(findings.Count == 0 ? "every file is there" : FormattableString.Invariant($"{findings.Count:N0} files are gone or changed"))}; {unlabelled:N0} of {images.Count:N0} images have no label{(notKept > 0 ? FormattableString.Invariant($", of {notKept:N0} no picture was kept") : "")}"),
        };
    }

    static string? Fault(FlywheelImage image)
    {
        try
        {
            var file = new FileInfo(image.Path);
            return !file.Exists ? $"there is no file '{image.Path}'" : file.Length != image.Bytes ? FormattableString.Invariant($"the file has {file.Length} bytes, at import it had {image.Bytes}") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
