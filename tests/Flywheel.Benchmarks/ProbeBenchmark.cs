using Flywheel.Imaging;
using Flywheel.Imaging.Samples;
using Flywheel.Inference;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Samples;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Benchmarks;

static class ProbeBenchmark
{
    public static int Run(string[] args)
    {
        var seed = int.Parse(args[0]);
        var aug = Enum.Parse<TrainingAugmentation>(args[1]);
        var lab = EyeDomain.Lab with { BacklitShare = 0.08, DimShare = 0.08, SideShare = 0.1, GlassesShare = 0.3, GlareShare = 0.3, MaxGlare = 0.5, HalfOpenShare = 0.05, ThresholdMargin = 0.05 };
        var root = Path.Combine(Path.GetTempPath(), "fw-probe-" + seed + aug);
        if (Directory.Exists(root)) Directory.Delete(root, true);
        SampleDatasetWriter.Write(root + "/s", new SampleRequest { Lab = 2000, Field = 0, FieldTest = 0, Seed = seed, LabDomain = lab, Subjects = 40 }, NullReporter.Instance, default);
        using var ws = Workspace.Create(root + "/w");
        DatasetImporter.Import(ws, new ImportRequest { Path = root + "/s/lab.csv", Name = "lab" }, NullReporter.Instance, default);
        DatasetSplitter.Split(ws, new SplitRequest { Dataset = "lab", GroupBy = "subject", Train = .8, Validation = .1, Test = .1 }, NullReporter.Instance, default);
        var model = TrainingService.Train(ws, new TrainingRequest { Datasets = ["lab"], Preset = TrainingPreset.Fast, Augmentation = aug, Seed = seed, Threads = 1 }, NullReporter.Instance, default);
        Console.WriteLine($"{model.TrainingTime.TotalSeconds:0}s {model.Validation} {model.Architecture}");
        using var net = OnnxClassifier.Load(model.OnnxPath, 1);
        void Try(string name, EyeCase c)
        {
            var d = lab with { Name = "probe", Cases = [c with { Share = 1 }] };
            const int N = 400;
            var spec = net.Preprocessing;
            int wrong = 0, openWrong = 0, open = 0;
            var input = new float[32 * spec.Length];
            for (var b = 0; b < N; b += 32)
            {
                var truth = new List<string>();
                for (var i = 0; i < 32; i++)
                {
                    var eye = SampleEyes.Draw(seed, 5, b + i, 40, d);
                    using (eye.Image) Preprocessor.Fill(eye.Image, spec, input.AsSpan(i * spec.Length, spec.Length));
                    truth.Add(eye.Conditions.Label);
                }
                var r = net.Run(input, 32);
                for (var i = 0; i < 32; i++)
                {
                    var p = r.ProbabilitiesOf(i);
                    var label = net.Labels[p[0] >= p[1] ? 0 : 1];
                    if (label != truth[i]) wrong++;
                    if (truth[i] == "open") { open++; if (label != "open") openWrong++; }
                }
            }
            Console.WriteLine($"{name,-40} wrong {100.0 * wrong / 416:0.0} %  of open {100.0 * openWrong / open:0.0} %");
        }
        Try("base", new EyeCase { Share = 1 });
        Try("size 10-14", new EyeCase { Share = 1, Size = (10, 14) });
        Try("size 14-20", new EyeCase { Share = 1, Size = (14, 20) });
        Try("size 24-32", new EyeCase { Share = 1, Size = (24, 32) });
        Try("glare .8-1", new EyeCase { Share = 1, Glare = (.8, 1) });
        Try("blur 4-6", new EyeCase { Share = 1, Blur = (4, 6) });
        Try("blur 7-10", new EyeCase { Share = 1, Blur = (7, 10) });
        Try("blur 10-14", new EyeCase { Share = 1, Blur = (10, 14) });
        Try("backlit", new EyeCase { Share = 1, Light = "backlit" });
        Try("dim", new EyeCase { Share = 1, Light = "dim" });
        Try("thick", new EyeCase { Share = 1, Glasses = "thick" });
        Try("thick backlit", new EyeCase { Share = 1, Glasses = "thick", Light = "backlit" });
        Try("dim glare .8-1", new EyeCase { Share = 1, Glare = (.8, 1), Light = "dim" });
        Try("backlit glare .5", new EyeCase { Share = 1, Glare = (.4, .6), Light = "backlit" });
        Try("dim glare .4-.6", new EyeCase { Share = 1, Glare = (.4, .6), Light = "dim" });
        Try("glare .4-.6", new EyeCase { Share = 1, Glare = (.4, .6) });
        Try("blur 3-4", new EyeCase { Share = 1, Blur = (3, 4) });
        Try("blur 2-3", new EyeCase { Share = 1, Blur = (2, 3) });
        Try("blur 2-3, size 24-32", new EyeCase { Share = 1, Blur = (2, 3), Size = (24, 32) });
        Try("blur 3-4, size 24-32", new EyeCase { Share = 1, Blur = (3, 4), Size = (24, 32) });
        Try("blur 3-4, dim", new EyeCase { Share = 1, Blur = (3, 4), Light = "dim" });
        Try("blur 3-4, thick", new EyeCase { Share = 1, Blur = (3, 4), Glasses = "thick" });
        Try("blur 3-4, backlit", new EyeCase { Share = 1, Blur = (3, 4), Light = "backlit" });
        return 0;
    }
}
