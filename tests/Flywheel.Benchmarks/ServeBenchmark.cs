using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;
using Flywheel.Learning.Export;
using Flywheel.Learning.Networks;

namespace Flywheel.Benchmarks;

/// <summary>
/// The endpoint in its own process under load from this one: distinct small PNG pictures, the Balanced network, every answer recorded.
/// While it runs, the alias is moved twenty times between two versions. Then the same without moves by wrk, if it is installed, which
/// takes less of the machine than this client. Options: seconds, connections, keep policy. Exit code 2 if a request failed.
/// </summary>
static class ServeBenchmark
{
    const int Moves = 20, Pictures = 2000;

    public static int Run(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var connections = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 16;
        var keep = args.Length > 2 ? args[2] : "none";
        var folder = Directory.CreateTempSubdirectory("flywheel-serve-").FullName;
        try
        {
            using var workspace = Workspace.Create(Path.Combine(folder, "workspace"));
            ModelVersion[] versions = [Publish(workspace, 2), Publish(workspace, 3)];
            Point(workspace, null, versions[0]);
            var url = Start(workspace, keep, out var server);
            try
            {
                Console.WriteLine($"{connections} connections, keep {keep}, Balanced network on 32×32 grey, PNG pictures of about 60×60; {Environment.ProcessorCount} cores for client and server together");
                var (failed, _, _) = Load(url, connections, 3, null); // warm
                var before = server.TotalProcessorTime;
                var (failures, answered, lines) = Load(url, connections, seconds, () => MoveAlias(workspace, versions, seconds));
                foreach (var line in lines) Console.WriteLine(line);
                var recorded = workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count();
                server.Refresh();
                // The rate of a busy machine says little; processor time says what a request costs the server.
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time of the server: {(server.TotalProcessorTime - before).TotalMilliseconds / answered:0.00} ms a request"));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recorded:N0} predictions in the catalogue; resident memory of the server {server.WorkingSet64 / 1e6:0} MB"));
                Wrk(url, folder, connections, seconds);
                return failed + failures == 0 ? 0 : 2;
            }
            finally
            {
                server.Kill();
                server.WaitForExit();
                server.Dispose();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static (int Failed, int Requests, List<string> Lines) Load(Uri url, int connections, int seconds, Func<(double Slowest, int Moves)>? meanwhile)
    {
        var pictures = Enumerable.Range(0, Pictures).Select(Picture).ToArray();
        var failed = 0;
        var errors = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var clock = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, connections).Select(c => Task.Run(async () =>
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
            var times = new List<double>();
            for (var i = c * 97; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                var start = Stopwatch.GetTimestamp();
                try
                {
                    using var body = new ByteArrayContent(pictures[i % Pictures]);
                    body.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                    using var response = await client.PostAsync("/v1/predict", body);
                    await response.Content.ReadAsByteArrayAsync();
                    if (!response.IsSuccessStatusCode) Fail(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
                }
                catch (HttpRequestException e)
                {
                    Fail(e.Message);
                }
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            return times;
        })).ToArray();
        var moves = meanwhile?.Invoke();
        var all = Task.WhenAll(clients).GetAwaiter().GetResult().SelectMany(t => t).Order().ToArray();
        var elapsed = clock.Elapsed.TotalSeconds;
        List<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"{all.Length:N0} requests in {elapsed:0.0} s: {all.Length / elapsed:N0}/s, p50 {Quantile(all, 0.5):0.0} ms, p99 {Quantile(all, 0.99):0.0} ms, slowest {all[^1]:0} ms; {failed} failed"),
            .. errors.Select(e => $"  {e.Value} × {e.Key}"),
        ];
        if (moves is { } m) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{m.Moves} publishes and rollbacks meanwhile, in service after at most {m.Slowest:0.00} s"));
        return (failed, all.Length, lines);

        void Fail(string why)
        {
            Interlocked.Increment(ref failed);
            errors.AddOrUpdate(why, 1, (_, n) => n + 1);
        }
    }

    static double Quantile(double[] sorted, double q) => sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(q * sorted.Length) - 1)];

    /// <summary>Moves the alias back and forth and waits each time until the endpoint says that it follows; the slowest of these, seconds.</summary>
    static (double, int) MoveAlias(Workspace workspace, ModelVersion[] versions, int seconds)
    {
        var endpoint = EndpointFiles.All(workspace).Single();
        double slowest = 0;
        var now = 0;
        for (var move = 0; move < Moves; move++)
        {
            Thread.Sleep(TimeSpan.FromSeconds(0.5 * seconds / Moves));
            Point(workspace, versions[now], versions[1 - now]);
            now = 1 - now;
            var clock = Stopwatch.StartNew();
            while (EndpointService.List(workspace).Single(e => e.ProcessId == endpoint.ProcessId).Version != versions[now].Number) Thread.Sleep(5);
            slowest = Math.Max(slowest, clock.Elapsed.TotalSeconds);
        }
        return (slowest, Moves);
    }

    static void Wrk(Uri url, string folder, int connections, int seconds)
    {
        var script = Path.Combine(folder, "post.lua");
        var picture = Path.Combine(folder, "picture.png");
        File.WriteAllBytes(picture, Picture(1));
        File.WriteAllText(script, $"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "image/png"
            local f = io.open("{picture.Replace("\\", "/", StringComparison.Ordinal)}", "rb")
            wrk.body = f:read("*all")
            f:close()
            """);
        try
        {
            using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, new Uri(url, "/v1/predict").ToString()]) { RedirectStandardOutput = true })!;
            Console.WriteLine("wrk, one picture again and again:\n" + wrk.StandardOutput.ReadToEnd());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("wrk is not installed: its part is left out.");
        }
    }

    static Uri Start(Workspace workspace, string keep, out Process server)
    {
        var dll = Path.Combine(FindRoot(), "module", "bin", "server", "Flywheel.Server.dll");
        if (!File.Exists(dll)) throw new InvalidOperationException($"Build first: '{dll}' does not exist.");
        var start = new ProcessStartInfo("dotnet", [dll, .. new EndpointOptions { Workspace = workspace.Root, Port = 0, Keep = KeepPolicy.Parse(keep) }.ToArguments()]) { RedirectStandardOutput = true };
        server = Process.Start(start)!;
        _ = server.StandardOutput.ReadToEndAsync();
        while (!server.HasExited)
        {
            if (EndpointFiles.Find(workspace, server.Id) is { } found) return new Uri(found.Url);
            Thread.Sleep(20);
        }
        throw new InvalidOperationException("The server did not start.");
    }

    static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Flywheel.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException("The benchmark runs inside the repository.");
    }

    static ModelVersion Publish(Workspace workspace, int seed)
    {
        var network = new NetworkSpec(32, 1, 16, 2, 2, MirrorAveraging: true);
        var labels = new[] { "closed", "open" };
        var spec = ImagePreprocessing.Raw(32, 32, 1);
        var onnx = NetworkExport.ToOnnx(NetworkWeights.Random(network, labels, new SeededRandom(seed)), 1, new Dictionary<string, string>
        {
            [Inference.ModelMetadata.LabelsKey] = Inference.ModelMetadata.WriteLabels(labels),
            [Inference.ModelMetadata.PreprocessingKey] = Inference.ModelMetadata.WritePreprocessing(spec),
        });
        var id = ModelFolder.IdOf(onnx);
        var model = new Model { Id = id, Name = $"balanced-{seed}", Path = ModelFolder.PathOf(workspace, id), Labels = labels, Preprocessing = spec, Architecture = "random weights", Created = DateTimeOffset.UtcNow };
        ModelFolder.Write(workspace, model, onnx, null);
        workspace.Catalogue.AddModel(model);
        return workspace.Catalogue.AddModelVersion(new ModelVersion { Name = model.Name, ModelId = id, Path = model.Path, Author = "benchmark", Published = DateTimeOffset.UtcNow });
    }

    static void Point(Workspace workspace, ModelVersion? from, ModelVersion to) =>
        workspace.Catalogue.MoveAliases([new AliasMove { Alias = "production", From = from?.Number, To = to.Number, ModelId = to.ModelId, Author = "benchmark", Time = DateTimeOffset.UtcNow }]);

    static byte[] Picture(int seed)
    {
        var random = new SeededRandom(seed);
        double a = random.NextDouble(0.05, 0.6), b = random.NextDouble(0.05, 0.6);
        return Tests.Pictures.Png((x, y) => (byte)Math.Clamp(128 + 90 * Math.Sin(a * x) * Math.Cos(b * y) + random.Next(-8, 9), 0, 255), 50 + seed % 20, 50 + seed % 20);
    }
}
