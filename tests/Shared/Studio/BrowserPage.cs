using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flywheel.Tests;

/// <summary>A tab: what a person at it would do with keyboard and mouse, and what they would see.</summary>
sealed class BrowserPage(Browser browser, string session, string target, string context)
{
    readonly ConcurrentQueue<string> _faults = new();
    TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The window's own storage; tabs of one context share it.</summary>
    public string Context => context;

    /// <summary>Errors of scripts, and what the console calls an error.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public async Task PrepareAsync(int width, int height)
    {
        browser.Listen(session, (method, p) =>
        {
            if (method == "Page.loadEventFired") _loaded.TrySetResult();
            else if (method == "Runtime.exceptionThrown") _faults.Enqueue(p["exceptionDetails"]!["exception"]?["description"]?.GetValue<string>() ?? p.ToJsonString());
            else if (method == "Log.entryAdded" && p["entry"]!["level"]!.GetValue<string>() == "error") _faults.Enqueue($"{p["entry"]!["text"]} {p["entry"]!["url"]}");
            else if (method == "Runtime.consoleAPICalled" && p["type"]!.GetValue<string>() == "error") _faults.Enqueue(p["args"]!.ToJsonString());
        });
        foreach (var domain in (string[])["Page", "Runtime", "Log"]) await SendAsync(domain + ".enable");
        await SizeAsync(width, height);
    }

    public Task<JsonNode> SendAsync(string method, JsonObject? parameters = null) => browser.SendAsync(session, method, parameters ?? []);

    /// <summary>The size of what is seen, CSS pixels.</summary>
    public Task SizeAsync(int width, int height) => SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });

    /// <summary>What the person prefers: light or dark, less motion or not.</summary>
    public Task PreferAsync(string scheme, bool reducedMotion = false) => SendAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }, new JsonObject { ["name"] = "prefers-reduced-motion", ["value"] = reducedMotion ? "reduce" : "no-preference" }),
    });

    public async Task GoAsync(string url)
    {
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = await SendAsync("Page.navigate", new JsonObject { ["url"] = url });
        if (answer["errorText"] is { } error) throw new InvalidOperationException($"{url}: {error}");
        await _loaded.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public async Task ReloadAsync()
    {
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync("Page.reload");
        await _loaded.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The value of an expression, which may be a promise.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        if (answer["exceptionDetails"] is { } fault) throw new InvalidOperationException($"{expression}: {fault["exception"]?["description"] ?? fault["text"]}");
        return answer["result"]!["value"] is { } value ? value.Deserialize<T>(JsonSerializerOptions.Web)! : default!;
    }

    public Task<string> TextAsync(string selector) => EvaluateAsync<string>($"document.querySelector({Quote(selector)})?.innerText ?? ''");

    public static string Quote(string text) => JsonSerializer.Serialize(text);

    /// <summary>Waits until an expression is true; a minute is the bound of a broken page, not a demand on speed.</summary>
    public async Task UntilAsync(string expression)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(15))
            if (await EvaluateAsync<bool>($"!!({expression})")) return;
        throw new TimeoutException($"It never came true: {expression}\nFaults: {string.Join(" | ", _faults)}\nPage: {await EvaluateAsync<string>("document.body.innerText.slice(0, 1500)")}");
    }

    /// <summary>Presses a key: a character, or a name such as Enter, ArrowLeft, Tab. Modifiers: Alt 1, Control 2, Meta 4, Shift 8.</summary>
    public async Task KeyAsync(string key, int modifiers = 0)
    {
        var (code, number) = key switch
        {
            "Enter" => ("Enter", 13), "Tab" => ("Tab", 9), "Escape" => ("Escape", 27), "Delete" => ("Delete", 46), "Backspace" => ("Backspace", 8), " " => ("Space", 32),
            "ArrowLeft" => (key, 37), "ArrowUp" => (key, 38), "ArrowRight" => (key, 39), "ArrowDown" => (key, 40), "Home" => (key, 36), "End" => (key, 35),
            [>= '0' and <= '9' and var digit] => ("Digit" + digit, digit),
            [>= 'a' and <= 'z' and var letter] => ("Key" + char.ToUpperInvariant(letter), char.ToUpperInvariant(letter)),
            [>= 'A' and <= 'Z' and var letter] => ("Key" + letter, letter),
            _ => ("", 0),
        };
        var text = key == "Enter" ? "\r" : key.Length == 1 && (modifiers & 6) == 0 ? key : null;
        var down = new JsonObject { ["type"] = text is null ? "rawKeyDown" : "keyDown", ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number, ["modifiers"] = modifiers };
        if (text is not null) down["text"] = text;
        await SendAsync("Input.dispatchKeyEvent", down);
        await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number, ["modifiers"] = modifiers });
    }

    /// <summary>Writes into what has the focus.</summary>
    public Task TypeAsync(string text) => SendAsync("Input.insertText", new JsonObject { ["text"] = text });

    public Task MouseAsync(string type, double x, double y, int buttons = 0, int modifiers = 0, int clicks = 0) => SendAsync("Input.dispatchMouseEvent", new JsonObject
    {
        ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = type == "mouseMoved" && buttons == 0 ? "none" : "left", ["buttons"] = buttons, ["clickCount"] = clicks, ["modifiers"] = modifiers,
    });

    public async Task ClickAsync(double x, double y, int modifiers = 0)
    {
        await MouseAsync("mouseMoved", x, y);
        await MouseAsync("mousePressed", x, y, 1, modifiers, 1);
        await MouseAsync("mouseReleased", x, y, 0, modifiers, 1);
    }

    /// <summary>Clicks the middle of the first element of that selector.</summary>
    public async Task ClickAsync(string selector, int modifiers = 0)
    {
        await UntilAsync($"document.querySelector({Quote(selector)})");
        var (x, y) = await MiddleAsync(selector);
        await ClickAsync(x, y, modifiers);
    }

    public async Task<(double X, double Y)> MiddleAsync(string selector)
    {
        var at = await EvaluateAsync<double[]>($"(() => {{ const e = document.querySelector({Quote(selector)}); e.scrollIntoView({{ block: 'nearest' }}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()");
        return (at[0], at[1]);
    }

    public async Task DragAsync((double X, double Y) from, (double X, double Y) to, int modifiers = 0, int steps = 6)
    {
        await MouseAsync("mouseMoved", from.X, from.Y);
        await MouseAsync("mousePressed", from.X, from.Y, 1, modifiers, 1);
        for (var i = 1; i <= steps; i++) await MouseAsync("mouseMoved", from.X + (to.X - from.X) * i / steps, from.Y + (to.Y - from.Y) * i / steps, 1, modifiers);
        await MouseAsync("mouseReleased", to.X, to.Y, 0, modifiers, 1);
    }

    public Task WheelAsync(double x, double y, double delta) => SendAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = "mouseWheel", ["x"] = x, ["y"] = y, ["deltaX"] = 0, ["deltaY"] = delta });

    /// <summary>What is seen, as PNG.</summary>
    public async Task<byte[]> ScreenshotAsync(string? path = null)
    {
        await EvaluateAsync<bool>("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))");
        var png = Convert.FromBase64String((await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }))["data"]!.GetValue<string>());
        if (path is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.WriteAllBytesAsync(path, png);
        }
        return png;
    }

    public Task CloseAsync() => browser.SendAsync(null, "Target.closeTarget", new JsonObject { ["targetId"] = target });
}
