using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Flywheel.Imaging.Samples;

namespace Flywheel.Engine.Samples;

/// <summary>
/// Draws a sample dataset into a folder: <c>lab/closed</c>, <c>lab/open</c>, <c>field</c>, <c>field-test</c> and a CSV manifest for each,
/// with paths relative to the folder. <c>field.csv</c> holds no labels; <c>field-truth.csv</c> does.
/// </summary>
public static class SampleDatasetWriter
{
    const string Marker = "sample.json";

    static readonly string[] s_folders = ["lab", "field", "field-test"];
    static readonly string[] s_files = ["lab.csv", "field.csv", "field-truth.csv", "field-test.csv", Marker];

    /// <summary>
    /// Draws and writes. Everything goes to a staging folder inside the target first and is moved into place at the end, so that a
    /// cancelled or killed run leaves no half set behind that could be taken for a whole one.
    /// </summary>
    /// <param name="folder">Target; made if it does not exist.</param>
    /// <param name="request">What to draw.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="cancelToken">Stops between two pictures.</param>
    /// <exception cref="FlywheelException">
    /// <c>SampleRequestInvalid</c>: a count is out of range. <c>SampleFolderNotEmpty</c>: without Force. <c>SampleFolderForeign</c>: with Force, but what
    /// would be replaced was not drawn by this command. <c>SampleFolderNotWritable</c>.
    /// </exception>
    public static SampleDataset Write(string folder, SampleRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        Validate(request);
        folder = Path.GetFullPath(folder);
        var clock = Stopwatch.StartNew();
        var staging = Path.Combine(folder, $".sample-{Guid.NewGuid().ToString("N")[..8]}.partial");
        var made = !Directory.Exists(folder);
        try
        {
            Refuse(folder, request.Force);
            Directory.CreateDirectory(staging);
            using var meter = new ProgressMeter(reporter, "Drawing sample eyes", (long)request.Lab + request.Field + request.FieldTest, "images");
            // Streams keep the sets apart: no picture and no person of one is in another.
            var test = request.FieldDomain with { Name = request.FieldDomain.Name + "-test" };
            var bytes = WriteSet(staging, "lab", 0, request.Lab, request, request.LabDomain, true, meter, cancelToken)
                + WriteSet(staging, "field", 1, request.Field, request, request.FieldDomain, false, meter, cancelToken)
                + WriteSet(staging, "field-test", 2, request.FieldTest, request, test, false, meter, cancelToken);
            var dataset = new SampleDataset
            {
                Path = folder,
                Lab = request.Lab,
                Field = request.Field,
                FieldTest = request.FieldTest,
                Subjects = request.Subjects,
                Seed = request.Seed,
                LabManifest = Path.Combine(folder, "lab.csv"),
                FieldManifest = Path.Combine(folder, "field.csv"),
                FieldTruth = Path.Combine(folder, "field-truth.csv"),
                FieldTestManifest = Path.Combine(folder, "field-test.csv"),
                Bytes = bytes,
            };
            File.WriteAllText(Path.Combine(staging, Marker), JsonSerializer.Serialize(new { kind = "flywheel-sample-eyes", request.Seed, request.Subjects, request.Lab, request.Field, request.FieldTest }));
            cancelToken.ThrowIfCancellationRequested();
            Publish(staging, folder);
            return dataset with { Duration = clock.Elapsed };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || e is AggregateException a && a.InnerException is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("SampleFolderNotWritable", FaultCategory.WriteError, $"The sample cannot be written to '{folder}': {e.GetBaseException().Message}", folder,
                "Choose a folder you may write to, with room for it.", inner: e);
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, true);
            if (made && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
    }

    static void Validate(SampleRequest request)
    {
        Check(nameof(request.Lab), request.Lab, 0, 1_000_000);
        Check(nameof(request.Field), request.Field, 0, 1_000_000);
        Check(nameof(request.FieldTest), request.FieldTest, 0, 1_000_000);
        Check(nameof(request.Subjects), request.Subjects, 1, 10_000);
        if (request.Lab + request.Field + request.FieldTest == 0)
            throw new FlywheelException("SampleRequestInvalid", FaultCategory.InvalidArgument, "Lab, Field and FieldTest are all 0: there is nothing to draw.", 0, "Ask for at least one picture.");

        static void Check(string name, int value, int low, int high)
        {
            if (value < low || value > high)
                throw new FlywheelException("SampleRequestInvalid", FaultCategory.InvalidArgument,
                    string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {low:N0} to {high:N0}."), value, $"Give a {name} in that range.");
        }
    }

    static void Refuse(string folder, bool force)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        if (!force)
            throw new FlywheelException("SampleFolderNotEmpty", FaultCategory.AlreadyExists, $"The folder '{folder}' is not empty.", folder,
                "Name a new folder, or use -Force to replace the sample in it.");
        if (File.Exists(Path.Combine(folder, Marker))) return;
        var foreign = s_folders.Concat(s_files).FirstOrDefault(name => Path.Exists(Path.Combine(folder, name)));
        if (foreign is not null)
            throw new FlywheelException("SampleFolderForeign", FaultCategory.AlreadyExists, $"'{Path.Combine(folder, foreign)}' was not drawn by this command and would be replaced.",
                Path.Combine(folder, foreign), "Name another folder, or move it away.");
    }

    static void Publish(string staging, string folder)
    {
        // The marker goes first and comes back last: a folder with a marker holds a whole sample.
        foreach (var name in s_files.Reverse()) File.Delete(Path.Combine(folder, name));
        foreach (var name in s_folders.Select(name => Path.Combine(folder, name)).Where(Directory.Exists)) Directory.Delete(name, true);
        foreach (var left in Directory.GetDirectories(folder, ".sample-*.partial").Where(p => p != staging)) Directory.Delete(left, true);
        foreach (var name in s_folders) Directory.Move(Path.Combine(staging, name), Path.Combine(folder, name));
        foreach (var name in s_files) File.Move(Path.Combine(staging, name), Path.Combine(folder, name));
    }

    static long WriteSet(string root, string set, int stream, int count, SampleRequest request, EyeDomain domain, bool byLabel, ProgressMeter meter, CancellationToken cancelToken)
    {
        Directory.CreateDirectory(Path.Combine(root, set));
        if (byLabel)
            foreach (var label in (string[])["closed", "open"]) Directory.CreateDirectory(Path.Combine(root, set, label));
        var truths = new (string Path, EyeConditions Conditions)[count];
        long bytes = 0;
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancelToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var eye = SampleEyes.Draw(request.Seed, stream, i, request.Subjects, domain);
            var name = string.Create(CultureInfo.InvariantCulture, $"{set}-{i + 1:00000}.png");
            var relative = byLabel ? $"{set}/{eye.Conditions.Label}/{name}" : $"{set}/{name}";
            var png = SampleEyes.ToPng(eye.Image);
            File.WriteAllBytes(Path.Combine(root, relative), png);
            truths[i] = (relative, eye.Conditions);
            Interlocked.Add(ref bytes, png.Length);
            meter.Advance();
        });
        if (set == "field")
        {
            WriteManifest(Path.Combine(root, "field.csv"), truths, false);
            WriteManifest(Path.Combine(root, "field-truth.csv"), truths, true);
        }
        else
        {
            WriteManifest(Path.Combine(root, set + ".csv"), truths, true);
        }
        return bytes;
    }

    static void WriteManifest(string path, (string Path, EyeConditions Conditions)[] truths, bool labelled)
    {
        var text = new StringBuilder(labelled ? "path,label,subject,opening,glasses,glare,blur,light,size\n" : "path,subject,glasses,glare,blur,light,size\n");
        foreach (var (image, c) in truths)
        {
            text.Append(image).Append(',');
            if (labelled) text.Append(c.Label).Append(',');
            text.Append(c.Subject).Append(',');
            if (labelled) text.Append(CultureInfo.InvariantCulture, $"{c.Opening},");
            text.Append(CultureInfo.InvariantCulture, $"{c.Glasses},{c.Glare},{c.Blur},{c.Light},{c.Size}\n");
        }
        File.WriteAllText(path, text.ToString());
    }
}
