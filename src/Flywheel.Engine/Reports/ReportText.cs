using System.Globalization;
using System.Net;

namespace Flywheel.Engine.Reports;

/// <summary>How figures and user text are written on the page.</summary>
static class ReportText
{
    /// <summary>Text made safe for element content and quoted attributes.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    public static string Percent(double value, int digits = 1) => double.IsNaN(value) ? "–" : (value * 100).ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <summary>A share as "94.2 %".</summary>
    public static string Share(double value) => double.IsNaN(value) ? "–" : Percent(value) + "\u202f%";

    /// <summary>An interval as "92.3 – 95.8".</summary>
    public static string Interval(Metric metric) => double.IsNaN(metric.Value) ? "" : $"{Percent(metric.Low)}\u2009–\u2009{Percent(metric.High)}";

    /// <summary>A difference of shares in points, with its sign.</summary>
    public static string Points(double value) => double.IsNaN(value) ? "–" : (value < 0 ? "−" : "+") + Percent(Math.Abs(value));

    public static string Number(double value, int digits) => double.IsNaN(value) ? "–" : value.ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <summary>A figure of any size with about three digits.</summary>
    public static string Figure(double value) => !double.IsFinite(value) ? "–" : value.ToString(Math.Abs(value) switch { >= 100 => "#,0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.###" }, CultureInfo.InvariantCulture);

    /// <summary>An amount with its sign.</summary>
    public static string Signed(double value) => (value < 0 ? "−" : value > 0 ? "+" : "") + Math.Abs(value).ToString(Math.Abs(value) >= 100 ? "#,0" : "0.0", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A probability of a test, never shown as zero.</summary>
    public static string P(double value) => value < 0.001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time.TotalSeconds < 1 ? "< 1 s"
        : time.TotalMinutes < 2 ? time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s"
        : time.TotalHours < 2 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{(int)time.TotalHours} h {time.Minutes} min";

    /// <summary>Coordinates of drawings.</summary>
    public static string Xy(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
