using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Flywheel.Server.Observing;

/// <summary>
/// What the endpoint counts, in Prometheus' text format (version 0.0.4). Names and label values come from a fixed, small set: nothing a
/// caller sends becomes a label.
/// </summary>
sealed class Metrics
{
    static readonly double[] s_seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    readonly List<(string Name, string Help, string Type, Action<StringBuilder, string> Write)> _families = [];

    public Metrics()
    {
        Requests = Counter("flywheel_requests_total", "Requests answered, by route and status.", "route", "status");
        RequestSeconds = Histogram("flywheel_request_seconds", "From the first byte of a request to the last of its answer.", s_seconds, "route");
        Predictions = Counter("flywheel_predictions_total", "Images answered, by model version and label.", "version", "label");
        Confidence = Histogram("flywheel_confidence", "Confidence of answers.", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]);
        StageSeconds = Histogram("flywheel_stage_seconds", "Time an image spends in a stage: decode, wait, infer, commit.", s_seconds, "stage");
        BatchSize = Histogram("flywheel_batch_images", "Images in one run of the network.", [1, 2, 4, 8, 16, 32, 64, 128]);
        Refused = Counter("flywheel_refused_total", "Requests told to come back, by what was full: images, bytes.", "full");
        Feedback = Counter("flywheel_feedback_total", "Reports recorded, by verdict.", "verdict");
        Shadow = Counter("flywheel_shadow_total", "Images for the challenger, by what became of them: scored, agreed, dropped, failed.", "outcome");
        Kept = Counter("flywheel_images_total", "Image files, by what became of them: kept, deleted, failed.", "outcome");
        Loads = Counter("flywheel_model_loads_total", "Versions that came into service or were refused, by alias.", "alias", "outcome");
        Logs = Counter("flywheel_log_lines_dropped_total", "Lines of the request log that were dropped because the disk was too slow.");
        Gauge("process_resident_memory_bytes", "Resident memory.", () => Environment.WorkingSet);
    }

    public CounterFamily Requests { get; }
    public HistogramFamily RequestSeconds { get; }
    public CounterFamily Predictions { get; }
    public HistogramFamily Confidence { get; }
    public HistogramFamily StageSeconds { get; }
    public HistogramFamily BatchSize { get; }
    public CounterFamily Refused { get; }
    public CounterFamily Feedback { get; }
    public CounterFamily Shadow { get; }
    public CounterFamily Kept { get; }
    public CounterFamily Loads { get; }
    public CounterFamily Logs { get; }

    /// <summary>Adds a value that is read when asked for.</summary>
    public void Gauge(string name, string help, Func<double> read) => _families.Add((name, help, "gauge", (text, n) => Line(text, n, "", read())));

    /// <summary>Adds values with labels that are read when asked for.</summary>
    public void Gauge(string name, string help, Func<IEnumerable<(string Labels, double Value)>> read) => _families.Add((name, help, "gauge", (text, n) =>
    {
        foreach (var (labels, value) in read()) Line(text, n, labels, value);
    }));

    CounterFamily Counter(string name, string help, params string[] labels)
    {
        var family = new CounterFamily(labels);
        _families.Add((name, help, "counter", family.Write));
        return family;
    }

    HistogramFamily Histogram(string name, string help, double[] bounds, params string[] labels)
    {
        var family = new HistogramFamily(bounds, labels);
        _families.Add((name, help, "histogram", family.Write));
        return family;
    }

    public string Write()
    {
        var text = new StringBuilder();
        foreach (var (name, help, type, write) in _families)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            write(text, name);
        }
        return text.ToString();
    }

    /// <summary>Labels as the format wants them: <c>{a="x",b="y"}</c>.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (labels.Length == 0) return "";
        var text = new StringBuilder("{");
        foreach (var (name, value) in labels)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(name).Append("=\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }
        return text.Append('}').ToString();
    }

    internal static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Seconds since a <see cref="Stopwatch"/> timestamp.</summary>
    public static double Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalSeconds;
}
