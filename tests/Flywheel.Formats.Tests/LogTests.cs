using System.Text;
using Flywheel.Formats.Logs;

namespace Flywheel.Formats.Tests;

public sealed class LogTests : IDisposable
{
    static readonly string s_hash = new('a', 64);

    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-log-").FullName;
    readonly List<FlywheelException> _faults = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Write(string text, string name = "log.csv") => Write(Encoding.UTF8.GetBytes(text), name);

    string Write(byte[] bytes, string name = "log.csv")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    List<LoggedPrediction> Read(string text, LogOptions? options = null) => ReadFile(Write(text), options);

    List<LoggedPrediction> ReadFile(string path, LogOptions? options = null) =>
        [.. PredictionLog.Open((options ?? new LogOptions { Path = path }) with { Path = path }).Rows(_faults.Add, TestContext.Current.CancellationToken)];

    FlywheelException Refused(string text, LogOptions? options = null)
    {
        var path = Write(text);
        return Assert.Throws<FlywheelException>(() => PredictionLog.Open((options ?? new LogOptions { Path = path }) with { Path = path }));
    }

    string Under(string relative) => Path.Combine(_folder, relative);

    [Fact]
    public void A_csv_with_scores_is_read_whole()
    {
        var rows = ReadFile(Write($"image,sha256,predicted_label,score_closed,score_open,timestamp,request_id,camera,verdict,truth,reason,reporter\na.png,{s_hash.ToUpperInvariant()},open,0.25,0.75,2027-01-31T18:05:09+02:00,r1,north,wrong,closed,\"dark, \"\"very\"\"\",ann\nb.png,,closed,0.9,0.1,1801423509,r2,,,,,\n"));
        Assert.Empty(_faults);
        Assert.Equal(2, rows.Count);
        var first = rows[0];
        Assert.Equal((2, Under("a.png"), s_hash, "open", "r1"), (first.Line, first.Image.Path, first.Image.Hash, first.Label, first.Id));
        Assert.Equal([("closed", 0.25), ("open", 0.75)], first.Scores.Select(s => (s.Key, s.Value)));
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 16, 5, 9, TimeSpan.Zero), first.Time);
        Assert.Equal([("camera", "north")], first.Tags.Select(t => (t.Key, t.Value)));
        Assert.Equal((FeedbackVerdict.Wrong, "closed", "dark, \"very\"", "ann"), (first.Feedback!.Verdict, first.Feedback.Label, first.Feedback.Reason, first.Feedback.Reporter));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1801423509), rows[1].Time);
        Assert.Null(rows[1].Feedback);
        Assert.Empty(rows[1].Tags);
    }

    [Fact]
    public void Json_lines_give_the_same_rows_as_csv()
    {
        var csv = Read("path,label,scores.closed,scores.open,time,camera\nx/a.png,open,0.25,0.75,2027-01-31T18:05:09Z,north\nx/b.png,closed,0.9,0.1,2027-01-31T18:05:10Z,south\n");
        var json = ReadFile(Write("""
            {"path":"x/a.png","label":"open","scores":{"closed":0.25,"open":0.75},"time":"2027-01-31T18:05:09Z","tags":{"camera":"north"}}

            {"path":"x/b.png","label":"closed","scores":{"closed":0.9,"open":0.1},"time":1801418710000,"camera":"south","note":null}
            """, "log.jsonl"));
        Assert.Empty(_faults);
        static string Show(LoggedPrediction p) => $"{p.Image.Path} {p.Label} {string.Join(' ', p.Scores)} {p.Time:o} {string.Join(' ', p.Tags)}";
        Assert.Equal(csv.Select(Show), json.Select(Show));
        Assert.Equal([1, 3], json.Select(r => r.Line));
    }

    [Fact]
    public void Byte_order_marks_semicolons_decimal_commas_unicode_and_line_breaks_in_quotes_are_understood()
    {
        var rows = ReadFile(Write([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("path;label;confidence;bemerkung\n\"Größe/眼.png\";öffen;0,75;\"zwei\nZeilen\"\nb.png;öffen;97,5 %;\n")]));
        Assert.Empty(_faults);
        Assert.Equal([Under("Größe/眼.png"), Under("b.png")], rows.Select(r => r.Image.Path));
        Assert.Equal([0.75, 0.975], rows.Select(r => r.Scores["öffen"]));
        Assert.Equal("zwei\nZeilen", rows[0].Tags["bemerkung"]);
        Assert.Equal([2, 4], rows.Select(r => r.Line));
    }

    [Fact]
    public void Backslashes_separate_folders_and_utf_16_is_read()
    {
        var rows = ReadFile(Write([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("path,label,confidence\r\ncams\\north\\a.png,open,1\r\n")]));
        Assert.Equal(Path.Combine(_folder, "cams", "north", "a.png"), Assert.Single(rows).Image.Path);
    }

    [Theory]
    [InlineData("a.png,open,NaN,", "confidence", "'NaN' is no probability")]
    [InlineData("a.png,open,-0.1,", "confidence", "'-0.1' is no probability")]
    [InlineData("a.png,open,1.5,", "confidence", "'1.5' is no probability")]
    [InlineData("a.png,open,high,", "confidence", "'high' is no probability")]
    [InlineData("a.png,open,,", "confidence", "neither confidence nor scores")]
    [InlineData("a.png,,0.5,", "label", "no label is predicted")]
    [InlineData(",open,0.5,", "path", "no image is named")]
    [InlineData("a.png,open,0.5,yesterday", "time", "'yesterday' is no time")]
    [InlineData("a.png,open,0.5", null, "the row has 3 fields, the header 4")]
    public void A_bad_row_is_a_fault_with_file_line_and_column_and_the_rest_is_taken(string row, string? column, string what)
    {
        var rows = Read($"path,label,confidence,time\nfirst.png,open,0.5,\n{row}\nlast.png,open,0.5,\n");
        Assert.Equal(["first.png", "last.png"], rows.Select(r => Path.GetFileName(r.Image.Path)));
        var fault = Assert.Single(_faults);
        Assert.Equal(("LogRowInvalid", 3, column), (fault.ErrorId, fault.Location!.Line, fault.Location.Field));
        Assert.Contains("log.csv(3)", fault.Message, StringComparison.Ordinal);
        Assert.Contains(what, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.png,open,0.6,0.6", "add up to 1.2")]
    [InlineData("a.png,shut,0.4,0.6", "'shut' is predicted but has no score")]
    public void Scores_must_be_probabilities_of_the_answer_and_its_alternatives(string row, string what)
    {
        Assert.Empty(Read($"path,label,p_closed,p_open\n{row}\n"));
        Assert.Contains(what, Assert.Single(_faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_that_is_none_and_a_path_that_leads_out_are_faults()
    {
        var rows = Read($"path,hash,label,confidence\n,xyz,open,1\n../out.png,,open,1\n../out.png,{s_hash},open,1\n");
        Assert.Equal([("LogRowInvalid", FaultCategory.InvalidData), ("LogPathOutside", FaultCategory.SecurityError)], _faults.Select(f => (f.ErrorId, f.Category)));
        // Known by its bytes, the image needs no file.
        Assert.Equal(new LoggedImage(null, s_hash), Assert.Single(rows).Image);
        _faults.Clear();
        Assert.Equal(Path.GetFullPath(Path.Combine(_folder, "..", "out.png")), Read("path,label,confidence\n../out.png,open,1\n", new LogOptions { Path = "", AllowOutside = true })[0].Image.Path);
    }

    [Fact]
    public void Columns_are_told_where_their_names_do_not_tell()
    {
        var options = new LogOptions
        {
            Path = "",
            Columns = new Dictionary<string, string> { ["path"] = "Datei", ["label"] = "Urteil", ["id"] = "" },
            Scores = new Dictionary<string, string> { ["p0"] = "ok", ["p1"] = "scratch" },
            Tags = ["shift"],
        };
        var row = Assert.Single(Read("Datei,Urteil,p0,p1,shift,operator,id\na.png,scratch,0.2,0.8,late,bo,7\n", options));
        Assert.Equal("scratch", row.Label);
        Assert.Equal(0.8, row.Scores["scratch"]);
        Assert.Equal(["shift"], row.Tags.Keys);
        Assert.Null(row.Id);
    }

    [Fact]
    public void The_names_of_a_known_models_labels_are_score_columns()
    {
        var options = new LogOptions { Path = "", Labels = ["closed", "open"] };
        Assert.Equal(0.7, Assert.Single(Read("path,Closed,Open\na.png,0.3,0.7\n", options)).Scores["open"]);
        Assert.Empty(Read("path,label,confidence\na.png,half,0.7\n", options));
        Assert.Equal("LogLabelUnknown", Assert.Single(_faults).ErrorId);
    }

    [Theory]
    [InlineData("file_size,label,confidence\n1,a,1\n", "LogColumnMissing", "file_size, label, confidence")]
    [InlineData("path,score_a\nx,1\n", "LogColumnMissing", "path, score_a")]
    [InlineData("path,label\nx,a\n", "LogColumnMissing", "path, label")]
    [InlineData("path,label,confidence,Label\nx,a,1,b\n", "LogColumnDuplicate", "Label")]
    [InlineData("", "LogEmpty", "log.csv")]
    [InlineData(" \n", "LogEmpty", "log.csv")]
    [InlineData("[{\"path\":\"a\"}]", "LogIsJsonArray", "log.csv")]
    public void A_log_that_cannot_be_understood_is_refused_with_what_it_has(string text, string id, string tells)
    {
        var fault = Refused(text);
        Assert.Equal(id, fault.ErrorId);
        Assert.Contains(tells, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(fault.RecommendedAction);
    }

    [Fact]
    public void A_column_or_field_that_is_not_there_is_told_with_the_nearest()
    {
        var column = Refused("path,label,confidence\nx,a,1\n", new LogOptions { Path = "", Columns = new Dictionary<string, string> { ["label"] = "labl" } });
        Assert.Equal(("LogColumnMissing", "Did you mean 'label'?"), (column.ErrorId, column.RecommendedAction));
        var field = Refused("path,label,confidence\nx,a,1\n", new LogOptions { Path = "", Columns = new Dictionary<string, string> { ["name"] = "label" } });
        Assert.Equal(("LogFieldUnknown", "name"), (field.ErrorId, field.Target));
        Assert.Contains("path, hash, label", field.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("LogNotFound", Assert.Throws<FlywheelException>(() => PredictionLog.Open(new LogOptions { Path = Under("none.csv") })).ErrorId);
    }

    [Fact]
    public void Json_that_is_broken_twofold_or_too_deep_is_a_fault_of_its_line()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 20)) + "1" + new string('}', 20);
        var rows = ReadFile(Write($"{{\"path\":\"a\",\"label\":\"x\",\"confidence\":0.5}}\n{{\"path\":\n{deep}\n{{\"path\":\"a\",\"path\":\"b\",\"label\":\"x\",\"confidence\":0.5}}\n17\n{{\"path\":\"b\",\"label\":\"x\",\"confidence\":0.5}}\n", "log.jsonl"));
        Assert.Equal([1, 6], rows.Select(r => r.Line));
        Assert.Equal([2, 3, 4, 5], _faults.Select(f => f.Location!.Line!.Value));
    }

    [Fact]
    public void Broken_quotes_end_a_csv_with_a_fault_and_keep_what_came_before()
    {
        var rows = Read("path,label,confidence\na.png,x,0.5\nb.png,\"x,0.5\nc.png,x,0.5\n");
        Assert.Equal("a.png", Path.GetFileName(Assert.Single(rows).Image.Path));
        Assert.Equal(("LogRowInvalid", 3), (Assert.Single(_faults).ErrorId, _faults[0].Location!.Line));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_log_streams(bool json)
    {
        const int Rows = 100_000;
        var path = Under("long.log");
        using (var text = new StreamWriter(path))
        {
            if (!json) text.WriteLine("path,label,confidence,time,camera,filler");
            for (var i = 0; i < Rows; i++)
                text.WriteLine(json ? $$"""{"path":"p/{{i}}.png","label":"open","confidence":0.5,"time":{{1800000000 + i}},"camera":"c{{i % 9}}","filler":"{{new string('x', 200)}}"}""" : $"p/{i}.png,open,0.5,{1800000000 + i},c{i % 9},{new string('x', 200)}");
        }
        var log = PredictionLog.Open(new LogOptions { Path = path });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        var count = 0;
        foreach (var row in log.Rows(_faults.Add, TestContext.Current.CancellationToken))
            if (++count % 20_000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        Assert.Equal(Rows, count);
        Assert.Empty(_faults);
        Assert.InRange(most, long.MinValue, 4_000_000); // the file has over 20 million bytes
    }

    [Fact]
    public void Reports_name_a_prediction_or_an_image_and_say_right_wrong_or_the_label()
    {
        var path = Write($"prediction_id,image,model,verdict,correct_label,comment,user,time\nid-1,,,wrong,closed,glare,ann,2027-01-31\n,x\\a.png,eyes,1,,,,\n,b.png,,,open,,,\n,,,wrong,,,,\n,c.png,,maybe,,,,\n,d.png,,,,,,\n");
        var rows = FeedbackLog.Open(new LogOptions { Path = path }).Rows(_faults.Add, TestContext.Current.CancellationToken).ToList();
        Assert.Equal([2, 3, 4], rows.Select(r => r.Line));
        Assert.Equal(("id-1", FeedbackVerdict.Wrong, "closed", "glare", "ann"), (rows[0].PredictionId, rows[0].Verdict, rows[0].Label, rows[0].Reason, rows[0].Reporter));
        Assert.Equal((Under(Path.Combine("x", "a.png")), "eyes", FeedbackVerdict.Right), (rows[1].Image.Path, rows[1].Model, rows[1].Verdict));
        Assert.Equal((null, "open"), (rows[2].Verdict, rows[2].Label));
        Assert.Equal([5, 6, 7], _faults.Select(f => f.Location!.Line!.Value));
        Assert.Equal("LogColumnMissing", Assert.Throws<FlywheelException>(() => FeedbackLog.Open(new LogOptions { Path = Write("image,comment\na,b\n", "f.csv") })).ErrorId);
    }
}
