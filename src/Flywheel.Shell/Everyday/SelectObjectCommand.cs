using System.Management.Automation;
using System.Reflection;

namespace Flywheel.Shell.Everyday;

/// <summary>Takes objects from the front or the back, or properties out of objects.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    readonly Queue<PSObject> _last = [];
    PropertyValue[] _properties = [];
    int _seen;
    int _given;

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Properties: names, wildcards, script blocks, or @{ Name; Expression }.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Gives this property's values themselves.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>How many from the front; then what comes before in the pipeline is stopped.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>How many from the back.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>How many to leave out at the front.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _properties = [.. Property.Select(PropertyValue.Of)];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || _seen++ < Skip) return;
        if (Last is { } last)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > last) _last.Dequeue();
            return;
        }
        if (First is { } first && _given >= first) StopUpstream();
        Give(InputObject);
        if (++_given == First) StopUpstream();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var item in _last) Give(item);
    }

    void Give(PSObject item)
    {
        if (ExpandProperty is { } expand)
        {
            WriteObject(item.Properties[expand]?.Value, enumerateCollection: true);
            return;
        }
        if (_properties.Length == 0)
        {
            WriteObject(item);
            return;
        }
        var result = new PSObject();
        foreach (var property in _properties)
        {
            if (property.IsWildcard)
            {
                foreach (var match in item.Properties.Match(property.Name)) Add(result, match.Name, match.Value);
            }
            else
            {
                Add(result, property.Name, property.Get(item));
            }
        }
        WriteObject(result);
    }

    static void Add(PSObject result, string name, object? value)
    {
        if (result.Properties[name] is null) result.Properties.Add(new PSNoteProperty(name, value));
    }

    // The engine ends a pipeline early only by an exception it keeps to itself; its own Select-Object lies in a library that is not
    // published as a package. The shell is built against one version of the engine, and a test holds this.
    void StopUpstream()
    {
        var type = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
