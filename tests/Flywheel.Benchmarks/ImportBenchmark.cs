using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Samples;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Benchmarks;

/// <summary>
/// Import of small images, catalogue and all properties included, against a two-process Python/Pillow loop that only hashes, decodes
/// and takes mean and deviation: same files, same run, warm cache, interleaved rounds. Options: number of images, rounds.
/// </summary>
static class ImportBenchmark
{
    const string PillowLoop = """
        import sys, os, time, hashlib, io
        from multiprocessing import Pool
        from PIL import Image, ImageStat
        try:
            import numpy
        except ImportError:
            numpy = None

        def work(paths):
            cpu = time.process_time()
            total = 0.0
            for path in paths:
                with open(path, 'rb') as f:
                    data = f.read()
                hashlib.sha256(data).hexdigest()
                image = Image.open(io.BytesIO(data))
                if numpy:  # faster than ImageStat
                    pixels = numpy.asarray(image)
                    total += pixels.mean() + pixels.std()
                else:
                    stat = ImageStat.Stat(image)
                    total += stat.mean[0] + stat.stddev[0]
            return time.process_time() - cpu

        if __name__ == '__main__':
            root, rounds = sys.argv[1], sys.stdin
            paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(root) for f in fs)
            chunks = [paths[i:i + 100] for i in range(0, len(paths), 100)]
            with Pool(2) as pool:
                pool.map(work, chunks)
                print('ready', flush=True)
                for _ in rounds:
                    start = time.perf_counter()
                    cpu = sum(pool.imap_unordered(work, chunks))
                    print(time.perf_counter() - start, cpu, flush=True)
        """;

    public static int Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        var folder = Path.Combine(Path.GetTempPath(), "flywheel-benchmark-" + Guid.NewGuid().ToString("n"));
        if (Environment.ProcessorCount > 2 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
            Process.GetCurrentProcess().ProcessorAffinity = 3; // two cores for both; the child inherits it
        try
        {
            var images = Path.Combine(folder, "images");
            var kind = MakeImages(images, count);
            var bytes = Directory.EnumerateFiles(images, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
            Console.WriteLine($"{count:N0} images, {kind}, {bytes / count:N0} bytes on average; {rounds} rounds; two threads against two processes");

            using var pillow = StartPillow(folder, images);
            if (pillow is null) Console.WriteLine("No python3 with Pillow here: the comparison is left out.");
            Console.WriteLine($"first import, cold: {count / Import(folder, images, count).Wall:N0}/s");
            var ours = new List<double>();
            var theirs = new List<double>();
            double ourCpu = 0, theirCpu = 0;
            for (var r = 0; r < rounds; r++)
            {
                var (wall, cpu) = Import(folder, images, count);
                ours.Add(count / wall);
                ourCpu += cpu;
                if (pillow is not null)
                {
                    (wall, cpu) = Ask(pillow);
                    theirs.Add(count / wall);
                    theirCpu += cpu;
                }
                Console.WriteLine($"round {r + 1}: import {ours[^1]:N0}/s" + (theirs.Count > 0 ? $", Pillow {theirs[^1]:N0}/s" : ""));
            }
            Console.WriteLine($"median: import {Median(ours):N0}/s" + (theirs.Count > 0 ? $", Pillow {Median(theirs):N0}/s, ratio {Median(ours) / Median(theirs):0.00}" : ""));
            // The rate of a busy machine says little; processor time says what the work costs.
            Console.WriteLine($"per second of processor time: import {count * rounds / ourCpu:N0}" + (theirs.Count > 0 ? $", Pillow {count * rounds / theirCpu:N0}" : ""));
            pillow?.Kill();
            return theirs.Count == 0 || Median(ours) >= Median(theirs) ? 0 : 2;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static (double Wall, double Cpu) Import(string folder, string images, int count)
    {
        var root = Path.Combine(folder, "workspace-" + Guid.NewGuid().ToString("n"));
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var workspace = Workspace.Create(root))
        {
            var result = DatasetImporter.Import(workspace, new ImportRequest { Path = images, Name = "benchmark", Threads = 2 }, NullReporter.Instance, CancellationToken.None);
            if (result.Dataset.Images != count) throw new InvalidOperationException($"{result.Dataset.Images} images went in, not {count}.");
        }
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        cpu = self.TotalProcessorTime - cpu;
        Directory.Delete(root, recursive: true);
        return (seconds, cpu.TotalSeconds);
    }

    static Process? StartPillow(string folder, string images)
    {
        var script = Path.Combine(folder, "loop.py");
        File.WriteAllText(script, PillowLoop);
        foreach (var python in new[] { "python3", "/usr/bin/python3", "python" })
        {
            try
            {
                var process = Process.Start(new ProcessStartInfo(python, [script, images]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
                if (process.StandardOutput.ReadLine() == "ready") return process;
                process.Dispose();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // not installed under this name
            }
        }
        return null;
    }

    static (double Wall, double Cpu) Ask(Process pillow)
    {
        pillow.StandardInput.WriteLine("go");
        pillow.StandardInput.Flush();
        var answer = pillow.StandardOutput.ReadLine()!.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return (answer[0], answer[1]);
    }

    /// <summary>Half real MRL PNG files, half real CEW JPEG files, made distinct by a comment; without them, drawn eyes.</summary>
    static string MakeImages(string folder, int count)
    {
        foreach (var label in new[] { "a", "b" }) Directory.CreateDirectory(Path.Combine(folder, label));
        if (FindShared() is { } shared)
        {
            var png = Directory.GetFiles(Path.Combine(shared, "mrl"), "*.png").Order(StringComparer.Ordinal).ToArray();
            var jpeg = Directory.GetFiles(Path.Combine(shared, "cew"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
            // Spread over all subjects, so that sizes are those of the whole set.
            var stride = Math.Max(1.0, png.Length / (count / 2.0));
            for (var i = 0; i < count; i++)
            {
                var source = i % 2 == 0 ? png[(int)(i / 2 * stride) % png.Length] : jpeg[i / 2 % jpeg.Length];
                File.WriteAllBytes(Path.Combine(folder, i % 4 < 2 ? "a" : "b", $"{i:00000}{Path.GetExtension(source)}"), WithComment(File.ReadAllBytes(source), $"copy {i}"));
            }
            return "half MRL PNG (grey, 52–299 px), half CEW JPEG (grey, 24 px)";
        }
        var drawn = Path.Combine(folder, "..", "drawn");
        SampleDatasetWriter.Write(drawn, new SampleRequest { Lab = (count + 1) / 2, Field = (count + 1) / 2, FieldTest = 0 }, NullReporter.Instance, CancellationToken.None);
        var files = Directory.GetFiles(drawn, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(count).ToArray();
        for (var i = 0; i < files.Length; i++) File.WriteAllBytes(Path.Combine(folder, i % 4 < 2 ? "a" : "b", $"{i:00000}.png"), WithComment(File.ReadAllBytes(files[i]), $"copy {i}"));
        return "drawn eyes, PNG";
    }

    static string? FindShared()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Flywheel.slnx")) && Path.Combine(at.FullName, "..", "shared", "data") is var data && Directory.Exists(Path.Combine(data, "mrl"))) return data;
        return null;
    }

    /// <summary>The same picture in other bytes: a tEXt chunk before IEND, or a COM segment after SOI.</summary>
    static byte[] WithComment(byte[] file, string text)
    {
        var note = Encoding.ASCII.GetBytes(text);
        using var result = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        if (file[0] == 0xFF)
        {
            result.Write(file.AsSpan(0, 2));
            result.Write([0xFF, 0xFE]);
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(note.Length + 2));
            result.Write(number[..2]);
            result.Write(note);
            result.Write(file.AsSpan(2));
            return result.ToArray();
        }
        byte[] chunk = [.. "tEXtComment\0"u8, .. note];
        result.Write(file.AsSpan(0, file.Length - 12));
        BinaryPrimitives.WriteInt32BigEndian(number, chunk.Length - 4);
        result.Write(number);
        result.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(chunk));
        result.Write(number);
        result.Write(file.AsSpan(file.Length - 12));
        return result.ToArray();
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFF;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return crc ^ 0xFFFFFFFF;
    }
}
