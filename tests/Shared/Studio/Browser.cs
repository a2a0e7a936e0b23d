using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flywheel.Tests;

/// <summary>
/// Chromium without a window, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). Each session is a browser
/// of its own: no cookies and no storage are shared.
/// </summary>
sealed class Browser : IAsyncDisposable
{
    readonly Process _process;
    readonly string _profile;
    readonly ClientWebSocket _socket = new();
    readonly SemaphoreSlim _sending = new(1, 1);
    readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    readonly ConcurrentDictionary<string, Action<string, JsonNode>> _listeners = new();
    int _id;

    Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Why no browser can be used here, or null.</summary>
    public static string? Missing => Find() is null ? "No Chromium or Chrome on the path." : null;

    static string? Find()
    {
        string[] names = OperatingSystem.IsWindows() ? ["chrome.exe", "msedge.exe"] : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Where(f => f.Length > 0).SelectMany(f => names.Select(n => Path.Combine(f, n))).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts it.</summary>
    public static async Task<Browser> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("flywheel-browser-").FullName;
        string[] arguments =
        [
            "--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--force-device-scale-factor=1", "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync", "--mute-audio",
            "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--no-proxy-server",
            .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [],
            "about:blank",
        ];
        var process = Process.Start(new ProcessStartInfo(Find() ?? throw new InvalidOperationException(Missing), arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var browser = new Browser(process, profile);
        var url = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new StringBuilder();
        process.ErrorDataReceived += (_, e) =>
        {
            const string Sign = "DevTools listening on ";
            lock (told) told.AppendLine(e.Data);
            if (e.Data?.StartsWith(Sign, StringComparison.Ordinal) == true) url.TrySetResult(e.Data[Sign.Length..].Trim());
        };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            var address = await url.Task.WaitAsync(TimeSpan.FromMinutes(1));
            await browser._socket.ConnectAsync(new Uri(address), CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException)
        {
            await browser.DisposeAsync();
            lock (told) throw new InvalidOperationException($"The browser does not answer: {told}", e);
        }
        _ = Task.Run(browser.ReadAsync);
        return browser;
    }

    /// <summary>A person's own browser window.</summary>
    public async Task<BrowserPage> OpenAsync(int width = 1280, int height = 800)
    {
        var context = (await SendAsync(null, "Target.createBrowserContext", []))["browserContextId"]!.GetValue<string>();
        return await OpenAsync(context, width, height);
    }

    /// <summary>One more tab beside those of a context.</summary>
    public async Task<BrowserPage> OpenAsync(string context, int width = 1280, int height = 800)
    {
        var target = (await SendAsync(null, "Target.createTarget", new JsonObject { ["url"] = "about:blank", ["browserContextId"] = context }))["targetId"]!.GetValue<string>();
        var session = (await SendAsync(null, "Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!.GetValue<string>();
        var page = new BrowserPage(this, session, target, context);
        await page.PrepareAsync(width, height);
        return page;
    }

    public void Listen(string session, Action<string, JsonNode> listener) => _listeners[session] = listener;

    /// <summary>Sends a command and waits for its result.</summary>
    public async Task<JsonNode> SendAsync(string? session, string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _id);
        var answer = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null) message["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
        var got = await answer.Task.WaitAsync(TimeSpan.FromMinutes(1));
        if (got["error"] is { } error) throw new InvalidOperationException($"{method}: {error.ToJsonString()}");
        return got["result"]!;
    }

    async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var text = new MemoryStream();
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                text.SetLength(0);
                ValueWebSocketReceiveResult got;
                do
                {
                    got = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    text.Write(buffer, 0, got.Count);
                }
                while (!got.EndOfMessage);
                if (got.MessageType == WebSocketMessageType.Close) break;
                var message = JsonNode.Parse(text.GetBuffer().AsSpan(0, (int)text.Length))!;
                if (message["id"] is { } id) { if (_waiting.TryRemove(id.GetValue<int>(), out var waiting)) waiting.TrySetResult(message); }
                else if (message["sessionId"] is { } session && _listeners.TryGetValue(session.GetValue<string>(), out var listener)) listener(message["method"]!.GetValue<string>(), message["params"]!);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or JsonException)
        {
            // The browser has gone.
        }
        foreach (var waiting in _waiting.Values) waiting.TrySetException(new InvalidOperationException("The browser has gone."));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket.State == WebSocketState.Open) await SendAsync(null, "Browser.close", []).WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or WebSocketException)
        {
            // Killed below.
        }
        _socket.Dispose();
        if (!_process.WaitForExit(3000)) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        for (var tries = 0; tries < 20; tries++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(100); // its helpers are still ending
            }
        }
    }
}
