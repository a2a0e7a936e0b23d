using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Tests;

/// <summary>A workspace with a published model and the staged server serving it in a process of its own, on a free port.</summary>
sealed class ServerProcess : IDisposable
{
    public const string Alias = "production";

    readonly TemporaryFolder _folder = new();
    readonly StringBuilder _errors = new();

    public ServerProcess(bool publish = true)
    {
        Workspace = Workspace.Create(Path.Combine(_folder.Path, "workspace"));
        if (publish)
        {
            First = Registry.Add(Workspace);
            Registry.Point(Workspace, First);
        }
    }

    public Workspace Workspace { get; private set; }

    /// <summary>The version published first.</summary>
    public ModelVersion First { get; } = null!;

    public Process Process { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    static string Dll => Path.Combine(ShellProcess.RepositoryRoot, "module", "bin", "server", "Flywheel.Server.dll");

    /// <summary>Starts the process with more options; does not wait.</summary>
    public Process Launch(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, "--workspace", Workspace.Root, "--port", "0", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, _) => { };
        Process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors) _errors.AppendLine(e.Data);
        };
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
        return Process;
    }

    /// <summary>Starts the process and waits until it listens.</summary>
    public async Task<ServerProcess> StartAsync(params string[] options)
    {
        Launch(options);
        while (EndpointFiles.Find(Workspace, Process.Id) is not { } found)
        {
            if (Process.HasExited) throw new InvalidOperationException($"The server ended with {Process.ExitCode}: {Errors}");
            await Task.Delay(20);
        }
        Url = new Uri(EndpointFiles.Find(Workspace, Process.Id)!.Url);
        Client = NewClient();
        return this;
    }

    public HttpClient NewClient(string? key = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(2) };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static ByteArrayContent Image(byte[] bytes, string type = "image/png") => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    public Task<HttpResponseMessage> PredictAsync(byte[] image) => Client.PostAsync("/v1/predict", Image(image));

    /// <summary>Predicts and reads the answer.</summary>
    public async Task<JsonElement> AnswerAsync(byte[] image)
    {
        using var response = await PredictAsync(image);
        return await Json(response, HttpStatusCode.OK);
    }

    public static async Task<JsonElement> Json(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Checks that an answer is a problem of that status and id.</summary>
    public static async Task<JsonElement> Problem(HttpResponseMessage response, HttpStatusCode status, string errorId)
    {
        var problem = await Json(response, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(errorId, problem.GetProperty("errorId").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal($"urn:flywheel:error:{errorId}", problem.GetProperty("type").GetString());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.DoesNotContain(Path.GetTempPath(), problem.GetRawText(), StringComparison.Ordinal);
        return problem;
    }

    public async Task<string> ReadinessAsync()
    {
        using var response = await Client.GetAsync("/readyz");
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetString()!;
    }

    /// <summary>The value of a metric, by its name with labels; 0 if it is not there.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var text = await Client.GetStringAsync("/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for a condition that must come true; a minute is the bound of a broken test, not a demand on speed.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(20))
            if (await condition()) return;
        Assert.Fail($"It never came true: {what}");
    }

    public string EventLog()
    {
        var file = Path.Combine(EndpointFiles.LogsOf(Workspace), "server.jsonl");
        if (!File.Exists(file)) return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    /// <summary>A bare connection, for what no client would send.</summary>
    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, Url.Port);
        return socket;
    }

    /// <summary>The answer up to its end or the connection's; empty if there was none. Half a minute without a byte is a fault.</summary>
    public static async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[16384];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer, limit.Token);
                if (read == 0) break;
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                var sofar = text.ToString();
                var head = sofar.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0) continue;
                var length = sofar.IndexOf("\r\nContent-Length: ", StringComparison.Ordinal) is var at and >= 0 && at < head ? int.Parse(sofar.AsSpan(at + 18, sofar.IndexOf('\r', at + 18) - at - 18), System.Globalization.CultureInfo.InvariantCulture) : -1;
                if (length >= 0 && sofar.Length >= head + 4 + length) break;
                if (sofar.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)) break;
            }
        }
        catch (SocketException)
        {
            // Reset: what came before counts.
        }
        return text.ToString();
    }

    public void Kill()
    {
        Process.Kill();
        Process.WaitForExit();
    }

    /// <summary>Closes and opens the workspace, as somebody would who comes later.</summary>
    public void Reopen()
    {
        var root = Workspace.Root;
        Workspace.Dispose();
        Workspace = Workspace.Open(root);
    }

    public void Dispose()
    {
        Client?.Dispose();
        if (Process is not null)
        {
            if (!Process.HasExited) Kill();
            Process.Dispose();
        }
        Workspace.Dispose();
        _folder.Dispose();
    }
}
