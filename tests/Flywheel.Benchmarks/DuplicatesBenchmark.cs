using System.Diagnostics;
using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Quality;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Imaging.Samples;

namespace Flywheel.Benchmarks;

/// <summary>
/// Near-duplicates among many images: drawn eyes, every tenth with a planted copy (brighter, noisy, smaller, or shifted by a pixel). Measured is
/// the search as a user runs it, from the opened workspace to the sets: hashes compared, pictures of candidates read and correlated. Options: number of
/// images (50,000), seed, folder to keep the pictures in and find them again. Fails if it takes a minute or if fewer than 95 % of the planted copies are found.
/// </summary>
static class DuplicatesBenchmark
{
    static readonly string[] s_kinds = ["brighter", "noisy", "smaller", "shifted"];

    public static int Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var folder = Path.Combine(Path.GetTempPath(), "flywheel-duplicates-" + Guid.NewGuid().ToString("n"));
        try
        {
            var pictures = args.Length > 2 ? Path.GetFullPath(args[2]) : Path.Combine(folder, "pictures");
            var originals = count * 10 / 11;
            var watch = Stopwatch.StartNew();
            if (!Directory.Exists(pictures)) Draw();
            void Draw()
            {
                Directory.CreateDirectory(pictures);
                Parallel.For(0, originals, i =>
                {
                    using var picture = SampleEyes.Draw(seed, 0, i, originals / 20, EyeDomain.VariedLab).Image;
                    File.WriteAllBytes(Path.Combine(pictures, FormattableString.Invariant($"{i:000000}.png")), SampleEyes.ToPng(picture));
                    if (i % 10 != 0 || i / 10 >= count - originals) return;
                    using var copy = Copy(picture, i / 10 % s_kinds.Length, i);
                    File.WriteAllBytes(Path.Combine(pictures, FormattableString.Invariant($"{i:000000}-{s_kinds[i / 10 % s_kinds.Length]}.png")), SampleEyes.ToPng(copy));
                });
            }
            Console.WriteLine(FormattableString.Invariant($"{count:N0} pictures drawn in {watch.Elapsed.TotalSeconds:0.0} s"));
            using var workspace = Workspace.Create(Path.Combine(folder, "workspace"));
            watch.Restart();
            DatasetImporter.Import(workspace, new ImportRequest { Path = pictures, Name = "eyes", Unlabeled = true }, NullReporter.Instance, CancellationToken.None);
            Console.WriteLine(FormattableString.Invariant($"imported in {watch.Elapsed.TotalSeconds:0.0} s"));

            watch.Restart();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var sets = DuplicateService.Find(workspace, "eyes", 8, false, null, NullReporter.Instance, CancellationToken.None);
            var seconds = watch.Elapsed.TotalSeconds;
            var busy = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;

            var found = new int[s_kinds.Length];
            var planted = new int[s_kinds.Length];
            var together = sets.SelectMany(s => s.Images.Select(i => (i.Name, s.Number))).ToDictionary(x => x.Name, x => x.Number, StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(pictures, "*-*.png").Select(f => Path.GetFileName(f)!))
            {
                var kind = Array.IndexOf(s_kinds, file[7..^4]);
                planted[kind]++;
                if (together.ContainsKey(file)) found[kind]++;
            }
            var other = sets.Count(s => !s.Images.Any(i => i.Name.Contains('-', StringComparison.Ordinal)));
            Console.WriteLine(FormattableString.Invariant($"{count:N0} images searched in {seconds:0.0} s on {Environment.ProcessorCount} threads ({busy:0.0} s of processor time): {sets.Count:N0} sets, {sets.Sum(s => s.Count - 1):N0} copies; {other:N0} sets hold no planted copy (drawings that came out alike)"));
            for (var k = 0; k < s_kinds.Length; k++) Console.WriteLine(FormattableString.Invariant($"  {s_kinds[k],-8} {found[k]:N0} of {planted[k]:N0} planted copies found"));
            return seconds < 60 && found.Sum() >= 0.95 * planted.Sum() ? 0 : 1;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, true);
        }
    }

    static PixelImage Copy(PixelImage of, int kind, int index)
    {
        var random = new SeededRandom(index, 77);
        int w = of.Width, h = of.Height, c = of.Channels;
        switch (kind)
        {
            case 0:
                return new PixelImage(w, h, c, [.. of.Span.ToArray().Select(b => (byte)Math.Clamp(b * 1.08 + 6, 0, 255))]);
            case 1:
                return new PixelImage(w, h, c, [.. of.Span.ToArray().Select(b => (byte)Math.Clamp(b + 3 * random.NextGaussian(), 0, 255))]);
            case 2:
                int sw = Math.Max(8, w * 3 / 4), sh = Math.Max(8, h * 3 / 4);
                return new PixelImage(sw, sh, 1, Preprocessor.Resize(of, sw, sh, 1));
            default:
                var cut = new byte[(w - 1) * h * c];
                for (var y = 0; y < h; y++) of.Row(y)[c..].CopyTo(cut.AsSpan(y * (w - 1) * c));
                return new PixelImage(w - 1, h, c, cut);
        }
    }
}
