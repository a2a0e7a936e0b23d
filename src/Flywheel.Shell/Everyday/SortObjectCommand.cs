using System.Globalization;
using System.Management.Automation;

namespace Flywheel.Shell.Everyday;

/// <summary>Sorts objects by properties; equal ones keep their order.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    readonly List<PSObject> _items = [];

    /// <summary>The object.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Properties to sort by: names or script blocks. Without any, the objects themselves are compared.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Largest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null) _items.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var properties = Property.Select(PropertyValue.Of).ToArray();
        var keyed = _items.Select(item => (item, keys: properties.Length == 0 ? [item.BaseObject] : properties.Select(p => p.Get(item)).ToArray()));
        var comparer = Comparer<object?[]>.Create(Compare);
        foreach (var (item, _) in Descending ? keyed.OrderByDescending(x => x.keys, comparer) : keyed.OrderBy(x => x.keys, comparer)) WriteObject(item);
    }

    static int Compare(object?[]? a, object?[]? b)
    {
        for (var i = 0; i < a!.Length; i++)
        {
            if (!LanguagePrimitives.TryCompare(a[i], b![i], ignoreCase: true, CultureInfo.CurrentCulture, out var order))
                order = string.Compare(a[i]?.ToString(), b[i]?.ToString(), StringComparison.CurrentCultureIgnoreCase);
            if (order != 0) return order;
        }
        return 0;
    }
}
