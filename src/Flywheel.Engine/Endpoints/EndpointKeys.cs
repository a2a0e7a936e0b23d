using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Endpoints;

/// <summary>
/// The keys to a workspace's endpoints, in <c>.flywheel/endpoint/keys.json</c>. A key is 256 random bits, so its plain SHA-256 keeps it as
/// safe as any slow hash would: there is nothing to guess.
/// </summary>
public sealed class EndpointKeys
{
    const string Prefix = "fwk";
    const int IdLength = 8;

    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };
    static readonly byte[] s_nothing = new byte[SHA256.HashSizeInBytes];

    readonly Dictionary<string, Entry> _entries;

    EndpointKeys(IEnumerable<Entry> entries) => _entries = entries.ToDictionary(e => e.Id, StringComparer.Ordinal);

    /// <summary>True if no key was ever made: on loopback everything is open then.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The keys, oldest first, without what opens.</summary>
    public IReadOnlyList<EndpointKey> All => [.. _entries.Values.OrderBy(e => e.Created).Select(e => e.ToKey())];

    /// <summary>Reads the workspace's keys.</summary>
    /// <exception cref="FlywheelException"><c>EndpointKeysUnreadable</c>.</exception>
    public static EndpointKeys Load(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var file = EndpointFiles.KeysOf(workspace);
        try
        {
            return new EndpointKeys(File.Exists(file) ? JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(file), s_json) ?? [] : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new FlywheelException("EndpointKeysUnreadable", FaultCategory.ReadError, $"The key file '{file}' cannot be read: {e.Message}", file, "Restore the file, or remove it and make new keys.", inner: e);
        }
    }

    /// <summary>Makes a key. What opens is on the returned object and nowhere else.</summary>
    /// <exception cref="FlywheelException"><c>InvalidOption</c>: the time to expire is past; <c>FileNotWritable</c>, <c>EndpointKeysUnreadable</c>.</exception>
    public static EndpointKey Create(Workspace workspace, string name, IReadOnlyList<EndpointRole> roles, DateTimeOffset? expires, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(roles);
        ArgumentOutOfRangeException.ThrowIfZero(roles.Count);
        var now = (time ?? TimeProvider.System).GetUtcNow();
        if (expires <= now)
            throw new FlywheelException("InvalidOption", FaultCategory.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"The key for '{name}' would have expired before it is made: {expires:u} is past."), expires, "Give a time to come with -Expires, or leave it out.");
        var keys = Load(workspace);
        string id;
        do id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        while (keys._entries.ContainsKey(id));
        var key = $"{Prefix}_{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        var entry = new Entry(id, name, [.. roles.Distinct()], Convert.ToHexStringLower(Hash(key)), now, expires?.ToUniversalTime());
        Save(workspace, [.. keys._entries.Values, entry]);
        return entry.ToKey() with { Key = key };
    }

    /// <summary>Takes a key away; endpoints that run refuse it within a second.</summary>
    /// <exception cref="FlywheelException"><c>EndpointKeyNotFound</c>, <c>FileNotWritable</c>, <c>EndpointKeysUnreadable</c>.</exception>
    public static EndpointKey Remove(Workspace workspace, string id)
    {
        var keys = Load(workspace);
        if (!keys._entries.Remove(id, out var entry))
            throw new FlywheelException("EndpointKeyNotFound", FaultCategory.NotFound, $"There is no endpoint key '{id}'.", id, "Get-FlywheelEndpointKey lists them.");
        Save(workspace, keys._entries.Values);
        return entry.ToKey();
    }

    /// <summary>The key that opens, or null. Takes the same time whether the key is unknown or wrong.</summary>
    /// <param name="key">As it was sent.</param>
    /// <param name="now">The time.</param>
    public EndpointKey? Check(string key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > 200) return null;
        var entry = key.Split('_', 3) is [Prefix, { Length: IdLength } id, _] ? _entries.GetValueOrDefault(id) : null;
        var same = CryptographicOperations.FixedTimeEquals(Hash(key), entry is null ? s_nothing : Convert.FromHexString(entry.Sha256));
        return same && entry is not null && !(entry.Expires <= now) ? entry.ToKey() : null;
    }

    static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    static void Save(Workspace workspace, IEnumerable<Entry> entries)
    {
        var file = EndpointFiles.KeysOf(workspace);
        AtomicFile.Write(file, JsonSerializer.Serialize(entries, s_json));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    sealed record Entry(string Id, string Name, IReadOnlyList<EndpointRole> Roles, string Sha256, DateTimeOffset Created, DateTimeOffset? Expires)
    {
        public EndpointKey ToKey() => new() { Id = Id, Name = Name, Roles = Roles, Created = Created, Expires = Expires };
    }
}
