using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Annotations;

/// <summary>
/// A server of Label Studio 1.x, by its documented interface (api.labelstud.io): make a project, import tasks, export answers. A legacy token
/// goes with every call as <c>Authorization: Token</c>; a personal access token (a JWT) is changed for a short-lived one first. The token is
/// sent to this server only and never shown.
/// </summary>
public sealed class LabelStudioServer : IDisposable
{
    /// <summary>Tasks of one import: Label Studio takes 250,000 and 200 MB.</summary>
    const int TasksAtOnce = 1000;

    const long CharactersAtOnce = 16L << 20;

    readonly HttpClient _client;
    readonly Uri _address;
    readonly string _token;
    AuthenticationHeaderValue? _authorization;

    /// <summary>Of an address; calls nothing yet.</summary>
    /// <param name="address">Where the server is: http://host:8080, with a path if it lies below one.</param>
    /// <param name="token">The access token.</param>
    /// <param name="timeout">Longest wait for one answer; five minutes when null.</param>
    /// <exception cref="FlywheelException"><c>InvalidAddress</c>, <c>LabelStudioTokenMissing</c>.</exception>
    public LabelStudioServer(string address, string? token, TimeSpan? timeout = null)
    {
        if (!Uri.TryCreate(address?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
            throw new FlywheelException("InvalidAddress", FaultCategory.InvalidArgument, $"'{address}' is no address of a server.", address, "Write http://host:8080 or https://host.");
        if (string.IsNullOrWhiteSpace(token) || token.Any(char.IsControl))
            throw new FlywheelException("LabelStudioTokenMissing", FaultCategory.SecurityError, $"Label Studio at '{uri}' needs an access token.", address, "Copy it from Account & Settings, and give it with -Token or in the environment variable LABEL_STUDIO_API_KEY.");
        _address = uri;
        _token = token.Trim();
        // A redirect could carry the token elsewhere: it is reported instead.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = timeout ?? TimeSpan.FromMinutes(5), MaxResponseContentBufferSize = AnnotationFile.LargestFile };
    }

    /// <summary>Where it is.</summary>
    public string Address => _address.ToString();

    /// <summary>True if the token would cross a network unencrypted.</summary>
    public bool IsExposed => _address.Scheme == "http" && !_address.IsLoopback;

    /// <summary>The page of a project.</summary>
    public string AddressOf(long project) => new Uri(_address, string.Create(CultureInfo.InvariantCulture, $"projects/{project}")).ToString();

    /// <summary>Makes a project and imports a task into it.</summary>
    /// <returns>The project's number.</returns>
    /// <exception cref="FlywheelException"><c>LabelStudioDenied</c>, <c>LabelStudioNotFound</c>, <c>LabelStudioRefused</c>, <c>LabelStudioUnavailable</c>,
    /// <c>LabelStudioUnreachable</c>, <c>LabelStudioTimeout</c>, <c>LabelStudioMoved</c>, <c>AnnotationFileInvalid</c>.</exception>
    public long Send(AnnotationTask task, Func<TaskImage, string> imageOf, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(imageOf);
        ArgumentNullException.ThrowIfNull(reporter);
        if (IsExposed) reporter.Warning($"The access token goes to '{_address}' unencrypted. Use https outside this machine.");
        var made = Call(HttpMethod.Post, "api/projects/", Json(json =>
        {
            json.WriteString("title", task.Name.Length <= 50 ? task.Name : task.Name[..50]);
            json.WriteString("description", $"Flywheel queue '{task.Name}'");
            json.WriteString("label_config", LabelStudioFormat.Configuration(task));
            json.WriteBoolean("show_collab_predictions", true);
        }), token);
        var project = made["id"].Whole();
        var sent = 0;
        try
        {
            using var meter = new ProgressMeter(reporter, $"Importing into project {project}", task.Images.Count, "tasks");
            foreach (var batch in Batches(task, imageOf))
            {
                Import(project, task with { Images = [.. batch.Select(b => b.Image)] }, batch.ToDictionary(b => b.Image.Key, b => b.Address, StringComparer.Ordinal), token);
                sent += batch.Count;
                meter.Advance(batch.Count);
            }
        }
        catch (FlywheelException e)
        {
            throw new FlywheelException(e.ErrorId, e.Category, string.Create(CultureInfo.InvariantCulture, $"{e.Message} Project {project} has {sent} of {task.Images.Count} tasks."), e.Target, $"{e.RecommendedAction} Delete the project {AddressOf(project)} and send again.", e.Location, e);
        }
        return project;
    }

    static IEnumerable<List<(TaskImage Image, string Address)>> Batches(AnnotationTask task, Func<TaskImage, string> imageOf)
    {
        var batch = new List<(TaskImage, string)>();
        var characters = 0L;
        foreach (var image in task.Images)
        {
            var address = imageOf(image);
            if (batch.Count > 0 && (batch.Count == TasksAtOnce || characters + address.Length > CharactersAtOnce))
            {
                yield return batch;
                batch = [];
                characters = 0;
            }
            batch.Add((image, address));
            characters += address.Length;
        }
        if (batch.Count > 0) yield return batch;
    }

    void Import(long project, AnnotationTask task, Dictionary<string, string> addresses, CancellationToken token)
    {
        using var body = new MemoryStream();
        LabelStudioFormat.Write(body, task, image => addresses[image.Key]);
        var done = Call(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"api/projects/{project}/import"), body.ToArray(), token);
        // A server with a job queue answers with the number of the import only.
        for (var wait = 250; !done["import"].IsNull && done["task_count"].IsNull;)
        {
            var number = done["import"].Whole();
            token.WaitHandle.WaitOne(wait);
            token.ThrowIfCancellationRequested();
            wait = Math.Min(wait * 2, 5000);
            var state = Call(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"api/projects/{project}/imports/{number}/"), null, token);
            switch (state["status"].TextIfAny())
            {
                case "completed":
                    done = state;
                    break;
                case "failed":
                    throw new FlywheelException("LabelStudioRefused", FaultCategory.InvalidOperation, $"Label Studio could not import the tasks: {state["error"].TextIfAny()}", project, "See the server's log.");
            }
            if (!done["status"].IsNull) break;
        }
        if (!done["task_count"].IsNull && done["task_count"].Whole() is var count && count != task.Images.Count)
            throw new FlywheelException("LabelStudioRefused", FaultCategory.InvalidData, $"Label Studio took {count} of {task.Images.Count} tasks.", project, "See the server's log.");
    }

    /// <summary>What people have answered in a project.</summary>
    /// <param name="project">Its number, or its title if only one has it.</param>
    /// <param name="token">Obeyed while waiting.</param>
    /// <exception cref="FlywheelException">As <see cref="Send"/>; <c>LabelStudioProjectNotFound</c>, <c>LabelStudioProjectAmbiguous</c>.</exception>
    public ToolResult Export(string project, CancellationToken token)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(project);
        var number = long.TryParse(project, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Find(project, token);
        return LabelStudioFormat.Read(Call(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"api/projects/{number}/export?exportType=JSON&download_all_tasks=true"), null, token));
    }

    long Find(string title, CancellationToken token)
    {
        var found = new List<long>();
        var seen = new List<string>();
        for (var page = 1; page <= 1000; page++)
        {
            var list = Call(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"api/projects/?page={page}&page_size=100"), null, token);
            foreach (var project in (list.IsArray ? list : list["results"]).Items())
            {
                var name = project["title"].TextIfAny() ?? "";
                seen.Add(name);
                if (name == title) found.Add(project["id"].Whole());
            }
            if (list.IsArray || list["next"].IsNull) break;
        }
        return found.Count switch
        {
            1 => found[0],
            0 => throw new FlywheelException("LabelStudioProjectNotFound", FaultCategory.NotFound, $"Label Studio at '{_address}' has no project '{title}' that this token may see.", title,
                NearestName.Of(title, seen) is { } near ? $"Did you mean '{near}'?" : "Give the project's number, which is in the address of its page."),
            _ => throw new FlywheelException("LabelStudioProjectAmbiguous", FaultCategory.InvalidArgument, $"{found.Count} projects are called '{title}': {string.Join(", ", found)}.", title, "Give the project's number."),
        };
    }

    /// <summary>One call; the answer is JSON.</summary>
    JsonAt Call(HttpMethod method, string path, byte[]? body, CancellationToken token)
    {
        _authorization ??= Authorize(token);
        return Call(method, path, body, _authorization, token);
    }

    AuthenticationHeaderValue Authorize(CancellationToken token)
    {
        // A personal access token is a JWT, three parts with dots between them.
        if (_token.Count(c => c == '.') != 2) return new AuthenticationHeaderValue("Token", _token);
        var fresh = Call(HttpMethod.Post, "api/token/refresh/", Json(json => json.WriteString("refresh", _token)), null, token);
        return new AuthenticationHeaderValue("Bearer", fresh["access"].Text());
    }

    JsonAt Call(HttpMethod method, string path, byte[]? body, AuthenticationHeaderValue? authorization, CancellationToken token)
    {
        var uri = new Uri(_address, path);
        var where = $"{method} {uri.GetLeftPart(UriPartial.Path)}";
        using var message = new HttpRequestMessage(method, uri);
        message.Headers.Authorization = authorization;
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        try
        {
            using var answer = _client.SendAsync(message, HttpCompletionOption.ResponseContentRead, token).GetAwaiter().GetResult();
            var bytes = answer.Content.ReadAsByteArrayAsync(token).GetAwaiter().GetResult();
            if (!answer.IsSuccessStatusCode) throw Refused(answer, bytes, where);
            // The parsed text outlives the call.
            return new JsonAt(JsonAt.Parse(bytes, where).RootElement, where, "$");
        }
        catch (OperationCanceledException e) when (!token.IsCancellationRequested)
        {
            throw new FlywheelException("LabelStudioTimeout", FaultCategory.ResourceBusy, $"{where}: no answer within {_client.Timeout.TotalSeconds:0} s.", _address.ToString(), "Try again when the server is less busy.", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new FlywheelException("LabelStudioUnreachable", FaultCategory.ReadError, $"{where}: {e.Message}", _address.ToString(), "Check the address, and that the server runs.", inner: e);
        }
    }

    FlywheelException Refused(HttpResponseMessage answer, byte[] body, string where)
    {
        var status = $"{(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd();
        var said = Said(body);
        if (said.Length > 0) said = $": {said}";
        return (int)answer.StatusCode switch
        {
            401 or 403 => new FlywheelException("LabelStudioDenied", FaultCategory.SecurityError, $"{where}: the server denies access ({status}){said}.", _address.ToString(), "Check the token (Account & Settings), whether tokens of its kind are allowed, and the rights on the project."),
            404 => new FlywheelException("LabelStudioNotFound", FaultCategory.NotFound, $"{where}: there is no such thing ({status}){said}.", _address.ToString(), "Check the address and the project's number."),
            >= 300 and < 400 => new FlywheelException("LabelStudioMoved", FaultCategory.InvalidArgument, $"{where}: the server sends elsewhere, to '{(answer.Headers.Location is { IsAbsoluteUri: true } to ? to.GetLeftPart(UriPartial.Path) : answer.Headers.Location?.ToString())}' ({status}).", _address.ToString(), "Give the address it really has."),
            429 or >= 500 => new FlywheelException("LabelStudioUnavailable", FaultCategory.ResourceBusy, $"{where}: the server cannot answer ({status}){said}.", _address.ToString(), "Try again later; see the server's log."),
            _ => new FlywheelException("LabelStudioRefused", FaultCategory.InvalidData, $"{where}: the server refuses ({status}){said}.", _address.ToString(), "See what it says."),
        };
    }

    /// <summary>What the server says in words, without anything that is the token.</summary>
    string Said(byte[] body)
    {
        var text = "";
        try
        {
            using var json = JsonDocument.Parse(body);
            text = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String ? detail.GetString()!
                : json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("validation_errors", out var errors) && errors.ValueKind != JsonValueKind.Null ? errors.GetRawText()
                : json.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            // A proxy's page: its status says enough.
        }
        text = string.Concat(text.Where(c => !char.IsControl(c))).Replace(_token, "***", StringComparison.Ordinal).TrimEnd('.');
        return text.Length <= 300 ? text : text[..299] + "…";
    }

    static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
