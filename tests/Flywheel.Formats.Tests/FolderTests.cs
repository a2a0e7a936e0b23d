using Flywheel.Formats.Sources;

namespace Flywheel.Formats.Tests;

public sealed class FolderTests : SourceTests
{
    SourceOptions All => new() { Path = Root };

    [Fact]
    public void The_folder_of_a_file_is_its_label_and_what_lies_above_is_a_tag()
    {
        Write("b/dog/2.jpg");
        Write("b/cat/1.PNG");
        Write("cat/3.webp");
        Assert.Equal(["b/cat/1.PNG cat b", "b/dog/2.jpg dog b", "cat/3.webp cat "], Read(All).Select(c => $"{c.Relative} {c.Label} {c.Tags.GetValueOrDefault("folder")}"));
    }

    [Fact]
    public void Sizes_and_times_are_those_of_the_files()
    {
        var path = Write("a/1.png", "12345");
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        var file = Assert.Single(Read(All));
        Assert.Equal((path, 5L, time.Ticks), (file.Path, file.Bytes, file.ModifiedTicks));
    }

    [Fact]
    public void Other_files_hidden_ones_and_linked_folders_are_left_out()
    {
        Write("a/1.png");
        Write("a/notes.txt");
        Write("a/.hidden.png");
        Write(".flywheel/images/2.png");
        Write("a/scan.tif");
        Directory.CreateSymbolicLink(Path.Combine(Root, "loop"), Root);
        Assert.Equal("a/1.png", Assert.Single(Read(All)).Relative);
        Assert.Contains("1 .tif files", Assert.Single(Reports.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_give_label_and_tags()
    {
        Write("s0001_00925_0_1_0.png");
        var file = Assert.Single(Read(All with { NamePattern = @"^(?<subject>s\d+)_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)(_(?<rest>.*))?\.png$", LabelMap = new Dictionary<string, string> { ["0"] = "closed", ["1"] = "open" } }));
        Assert.Equal("closed", file.Label);
        Assert.Equal(["gender=0", "glasses=1", "subject=s0001"], file.Tags.Select(t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal)); // the group that took no part gives nothing
    }

    [Fact]
    public void A_pattern_without_label_gives_tags_and_folders_the_labels()
    {
        Write("closedLeftEyes/closed_eye_0001.jpg_face_1_L.jpg");
        Write("openRightEyes/Adam_Freier_0001_R.jpg");
        var files = Read(All with
        {
            NamePattern = @"^(?<photo>.+?\.jpg_face_\d+|.+?)_(?<side>[LR])\.jpg$",
            LabelMap = new Dictionary<string, string> { ["closedLeftEyes"] = "closed", ["openRightEyes"] = "open" },
        });
        Assert.Equal(["closed closed_eye_0001.jpg_face_1 L", "open Adam_Freier_0001 R"], files.Select(f => $"{f.Label} {f.Tags["photo"]} {f.Tags["side"]}"));
    }

    [Fact]
    public void A_pattern_with_a_slash_sees_the_path_below_the_folder()
    {
        Write("line1/ok/7.png");
        Write("line2/bad/7.png");
        Assert.Equal(["line1 ok", "line2 bad"], Read(All with { NamePattern = "^(?<line>[^/]+)/(?<label>[^/]+)/" }).Select(f => $"{f.Tags["line"]} {f.Label}"));
    }

    [Fact]
    public void Without_labels_no_folder_and_no_group_tells_them()
    {
        Write("open/s1_1.png");
        var file = Assert.Single(Read(All with { Unlabeled = true, NamePattern = @"(?<subject>s\d)_(?<label>\d)" }));
        Assert.Null(file.Label);
        Assert.Equal(["subject"], file.Tags.Keys);
    }

    [Fact]
    public void Files_that_do_not_match_are_reported_by_name_and_the_rest_is_taken()
    {
        Write("a_1.png");
        var other = Write("other.png");
        Assert.Single(Read(All with { NamePattern = @"_(?<label>\d)" }));
        var fault = Assert.Single(Reports.Faults);
        Assert.Equal(("NameDoesNotMatch", (object)other, other), (fault.ErrorId, fault.Target, fault.Location!.File));
    }

    [Fact]
    public void An_unmapped_label_is_reported_once_with_the_valid_ones()
    {
        Write("opne/1.png");
        Write("opne/2.png");
        Write("open/3.png");
        Assert.Single(Read(All with { LabelMap = new Dictionary<string, string> { ["open"] = "open", ["closed"] = "closed" } }));
        var fault = Assert.Single(Reports.Faults);
        Assert.Equal(("LabelNotMapped", (object)"opne"), (fault.ErrorId, fault.Target));
        Assert.Contains("2 files", fault.Message, StringComparison.Ordinal);
        Assert.Contains("closed, open", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'open'?", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_beside_the_labelled_folders_is_reported()
    {
        Write("a/1.png");
        Write("stray.png");
        Assert.Single(Read(All));
        Assert.Equal("FileHasNoLabel", Assert.Single(Reports.Faults).ErrorId);
    }

    [Fact]
    public void A_broken_pattern_is_refused_with_the_position()
    {
        Write("a/1.png");
        var fault = Refused(All with { NamePattern = @"^(?<label>\d" });
        Assert.Equal("InvalidNamePattern", fault.ErrorId);
        Assert.Equal(13, fault.Location!.Column);
        Assert.Contains("position 12", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_takes_forever_is_stopped()
    {
        Write(new string('a', 60) + "!.png");
        Assert.Equal("NamePatternTimeout", Refused(All with { NamePattern = @"^(?<label>(a+)+)+$" }).ErrorId);
    }

    [Theory]
    [InlineData("NamePatternHasNoLabel", @"^(?<subject>\w)")]
    [InlineData("NoFolderLabels", null)]
    [InlineData("NamePatternMatchesNothing", @"^zzz(?<label>.)")]
    public void Files_without_any_label_are_refused(string id, string? pattern)
    {
        Write("1.png");
        Assert.Equal(id, Refused(All with { NamePattern = pattern }).ErrorId);
    }

    [Fact]
    public void Maps_and_paths_that_make_no_sense_are_refused()
    {
        Write("a/1.png");
        Assert.Equal("InvalidLabelMap", Refused(All with { LabelMap = new Dictionary<string, string>() }).ErrorId);
        Assert.Equal("InvalidLabelMap", Refused(All with { LabelMap = new Dictionary<string, string> { ["a"] = " " } }).ErrorId);
        Assert.Equal("LabelMapWithoutLabels", Refused(All with { Unlabeled = true, LabelMap = new Dictionary<string, string> { ["a"] = "b" } }).ErrorId);
        Assert.Equal("SourceNotFound", Refused(new SourceOptions { Path = Path.Combine(Root, "none") }).ErrorId);
        Assert.Equal("SourceIsNoImage", Refused(new SourceOptions { Path = Write("notes.txt") }).ErrorId);
    }

    [Fact]
    public void One_file_can_be_a_source()
    {
        var path = Write("in/7_open.png");
        Assert.Equal("open", Assert.Single(Read(new SourceOptions { Path = path, NamePattern = @"_(?<label>\w+)\." })).Label);
    }
}
