using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Studio;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Access;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Studio;

/// <summary>
/// Lets people in. Where keys are demanded, a page shows its key once and gets a cookie that names the key and is signed with a secret of the
/// workspace; so a session outlives the process, and ends with the key. Programs send the key as everywhere else.
/// </summary>
sealed class StudioAccess(KeyRing keys, Workspace workspace, TimeProvider time)
{
    static readonly TimeSpan s_session = TimeSpan.FromHours(12);

    readonly byte[] _secret = Secret(workspace);

    // Cookies do not tell ports apart: each workspace has its own.
    readonly string _cookie = "flywheel-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workspace.Root)).AsSpan(0, 6));

    /// <summary>True where a key is demanded.</summary>
    public bool IsKeyed => keys.IsDemanded;

    /// <summary>Who asks; null if a key is demanded and none was shown. Without keys it is who they say, which may be nobody yet.</summary>
    public StudioUser? Find(HttpContext context)
    {
        if (!keys.IsDemanded) return new StudioUser(Said(context), null);
        var key = context.Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? keys.Check(header["Bearer ".Length..].Trim())
            : context.Request.Cookies.TryGetValue(_cookie, out var cookie) ? Opened(cookie) : null;
        return key is not null && Allows(key) ? new StudioUser(key.Name, key.Id) : null;
    }

    /// <summary>Who asks; null after a problem was answered.</summary>
    public async ValueTask<StudioUser?> AdmitAsync(HttpContext context)
    {
        var user = Find(context);
        if (user is null) await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "KeyNeeded", "This studio asks for a key with the role review.", "Make one with New-FlywheelEndpointKey -Role Review.");
        else RequestLog.Of(context).KeyId = user.KeyId;
        return user;
    }

    /// <summary>Takes a key and answers with a session's cookie; null if it opens nothing here.</summary>
    public StudioUser? Open(HttpContext context, string sent)
    {
        var key = keys.Check(sent);
        if (key is null || !Allows(key)) return null;
        var until = time.GetUtcNow() + s_session;
        var body = string.Create(CultureInfo.InvariantCulture, $"{key.Id}.{until.ToUnixTimeSeconds()}");
        context.Response.Cookies.Append(_cookie, $"{body}.{Sign(body)}", new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/studio", Expires = until, Secure = context.Request.IsHttps });
        return new StudioUser(key.Name, key.Id);
    }

    /// <summary>Ends the session.</summary>
    public void Close(HttpContext context) => context.Response.Cookies.Delete(_cookie, new CookieOptions { Path = "/studio", HttpOnly = true, SameSite = SameSiteMode.Strict });

    static bool Allows(EndpointKey key) => key.Roles.Contains(EndpointRole.Review) || key.Roles.Contains(EndpointRole.Admin);

    EndpointKey? Opened(string cookie)
    {
        if (cookie.Length > 200 || cookie.Split('.') is not [var id, var until, var signature]) return null;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign($"{id}.{until}")), Encoding.ASCII.GetBytes(signature))) return null;
        return long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > time.GetUtcNow().ToUnixTimeSeconds() ? keys.Find(id) : null;
    }

    string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(text)));

    /// <summary>The name a page sends, percent-encoded as headers are ASCII.</summary>
    static string Said(HttpContext context)
    {
        var name = Uri.UnescapeDataString(context.Request.Headers["X-Flywheel-User"].ToString()).Trim();
        return name.Length > 100 || name.Any(char.IsControl) ? throw Problem.Refuse("InvalidOption", "A name has at most 100 characters, none of them a control character.") : name;
    }

    static byte[] Secret(Workspace workspace)
    {
        var file = StudioFiles.SecretOf(workspace);
        try
        {
            if (File.Exists(file) && File.ReadAllBytes(file) is { Length: 32 } known) return known;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var made = RandomNumberGenerator.GetBytes(32);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(file, options)) stream.Write(made);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The secret of the studio's sessions '{file}' cannot be read or written: {e.Message}", file, "Check the rights on the workspace.", inner: e);
        }
    }
}
