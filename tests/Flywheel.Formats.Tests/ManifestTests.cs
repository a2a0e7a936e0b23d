using Flywheel.Formats.Manifests;
using Flywheel.Formats.Sources;

namespace Flywheel.Formats.Tests;

public sealed class ManifestTests : SourceTests
{
    SourceOptions Manifest(string text)
    {
        Write("img/1.png");
        Write("img/2.png");
        Write("img/#3, \"x\".png");
        return new SourceOptions { Path = Write("list.csv", text) };
    }

    [Fact]
    public void Columns_are_path_label_and_tags()
    {
        var files = Read(Manifest("Label,PATH,machine,shift\nopen,img/1.png,A,\n,img/2.png,B,night\n"));
        Assert.Equal(["img/1.png open machine=A", "img/2.png  machine=B shift=night"], files.Select(f => $"{f.Relative} {f.Label} {string.Join(' ', f.Tags.Select(t => $"{t.Key}={t.Value}"))}"));
        Assert.Empty(Reports.Faults);
    }

    [Fact]
    public void Quotes_semicolons_and_byte_order_marks_are_understood()
    {
        Assert.Equal("#3, \"x\".png", Path.GetFileName(Assert.Single(Read(Manifest("\uFEFFpath,label\n\"img/#3, \"\"x\"\".png\",a\n"))).Path));
        Assert.Equal("a", Assert.Single(Read(Manifest("path;label\nimg/1.png;a\n"))).Label);
    }

    [Fact]
    public void A_missing_path_column_is_told_with_the_nearest_name()
    {
        var fault = Refused(Manifest("paht,label\nimg/1.png,a\n"));
        Assert.Equal("ManifestColumnMissing", fault.ErrorId);
        Assert.Equal((1, "path"), (fault.Location!.Line, fault.Location.Field));
        Assert.EndsWith("list.csv", fault.Location.File, StringComparison.Ordinal);
        Assert.Equal("Rename the column 'paht' to 'path'.", fault.RecommendedAction);
    }

    [Theory]
    [InlineData("path,label\nimg/1.png,a\nimg/none.png,a\n", "ManifestFileMissing", 3, "path")]
    [InlineData("path,label\nimg/1.png,a\n,a\n", "ManifestRowInvalid", 3, "path")]
    [InlineData("path,label\nimg/1.png,a\n\nimg/2.png,a,b\n", "ManifestRowInvalid", 4, null)]
    [InlineData("path,label,note\nimg/1.png,a,\"two\nlines\"\nimg/2.png,a\n", "ManifestRowInvalid", 4, null)]
    [InlineData("path,label\nimg/1.png,a\n../outside.png,a\n", "ManifestPathOutside", 3, "path")]
    [InlineData("path,label\nimg/1.png,a\nimg/../../outside.png,a\n", "ManifestPathOutside", 3, "path")]
    [InlineData("path,label\nimg/1.png,a\n/etc/hosts,a\n", "ManifestPathOutside", 3, "path")]
    public void A_bad_row_is_reported_with_its_line_and_the_rest_is_taken(string text, string id, int line, string? field)
    {
        Assert.Equal("img/1.png", Assert.Single(Read(Manifest(text))).Relative);
        var fault = Assert.Single(Reports.Faults);
        Assert.Equal((id, line, field), (fault.ErrorId, fault.Location!.Line, fault.Location.Field));
        Assert.Contains($"list.csv({line})", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path,label,Label\n", "ManifestColumnDuplicate")]
    [InlineData("", "ManifestEmpty")]
    [InlineData("path,label\nimg/1.png,\"open\n", "ManifestRowInvalid")]
    public void A_manifest_that_cannot_be_understood_is_refused_whole(string text, string id)
    {
        var fault = Refused(Manifest(text));
        Assert.Equal(id, fault.ErrorId);
        Assert.EndsWith("list.csv", fault.Location!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_outside_are_taken_when_allowed()
    {
        var outside = Path.Combine(Path.GetDirectoryName(Root)!, Path.GetFileName(Root) + "-outside.png");
        File.WriteAllText(outside, "x");
        try
        {
            var options = Manifest($"path,label\n../{Path.GetFileName(outside)},a\n{outside},a\n") with { AllowOutside = true };
            Assert.All(Read(options), f => Assert.Equal(outside, f.Path));
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Fact]
    public void An_unmapped_label_tells_file_and_line()
    {
        Assert.Single(Read(Manifest("path,label\nimg/1.png,0\nimg/2.png,2\n") with { LabelMap = new Dictionary<string, string> { ["0"] = "closed" } }));
        var fault = Assert.Single(Reports.Faults);
        Assert.Equal(("LabelNotMapped", 3, "label"), (fault.ErrorId, fault.Location!.Line, fault.Location.Field));
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        string[] odd = ["plain", "with, comma", "\"quoted\"", "two\nlines", " blanks ", "tab\there", "#hash", "größe", "a;b"];
        Write("img/1.png");
        using (var file = File.Create(Path.Combine(Root, "list.csv")))
        using (var writer = new ManifestWriter(file, ["path", .. odd.Select((_, i) => $"tag{i}")]))
            writer.Write(["img/1.png", .. odd]);
        var tags = Assert.Single(Read(new SourceOptions { Path = Path.Combine(Root, "list.csv") })).Tags;
        Assert.Equal(odd, odd.Select((_, i) => tags[$"tag{i}"]));
    }

    [Theory]
    [InlineData("open", "open")]
    [InlineData("../../etc", "_.._etc")]
    [InlineData("..", "_")]
    [InlineData("a/b\\c:d*?", "a_b_c_d__")]
    [InlineData("con", "_con")]
    [InlineData("LPT1.txt", "_LPT1.txt")]
    [InlineData(" dots. ", "dots")]
    [InlineData("größe 5", "größe 5")]
    public void Names_from_data_become_safe(string name, string safe) => Assert.Equal(safe, SafeName.Of(name));
}
