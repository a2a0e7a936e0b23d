using System.Net;
using System.Security;

namespace Flywheel.PowerShell;

/// <summary>The access token of Label Studio: as given, else of the environment.</summary>
static class LabelStudioToken
{
    /// <summary>Environment variable that Label Studio's own tools use.</summary>
    public const string Variable = "LABEL_STUDIO_API_KEY";

    /// <summary>The token; null where no server is called or there is none.</summary>
    public static string? Of(string? url, SecureString? given) =>
        url is null ? null : given is not null ? new NetworkCredential("", given).Password : Environment.GetEnvironmentVariable(Variable);
}
