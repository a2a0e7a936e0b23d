using System.IO.Compression;
using Flywheel.Formats.Annotations;

namespace Flywheel.Formats.Tests;

/// <summary>Reads files in the shape the tools write them, whole and broken.</summary>
public sealed class AnnotationFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-annotations-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    ToolResult Read(string name, string text, string format = "auto") => AnnotationFile.Read(Write(name, text), format, default);

    FlywheelException Refused(string name, string text, string format = "auto") => Assert.Throws<FlywheelException>(() => Read(name, text, format));

    /// <summary>A task as Label Studio 1.x exports it.</summary>
    static string Task(string annotations, string data = """ "image": "/data/upload/3/1f2e3d4c-a.png" """) =>
        $$$"""{"id": 87, "annotations": [{{{annotations}}}], "file_upload": "1f2e3d4c-a.png", "drafts": [{"result": [{"type": "choices", "value": {"choices": ["draft"]}}]}], "predictions": [], "data": {{{{data}}}}, "meta": {}, "created_at": "2024-01-30T02:40:33.867975Z", "inner_id": 1, "total_annotations": 1, "cancelled_annotations": 0, "project": 29, "updated_by": 1, "comment_authors": []}""";

    static string Annotation(string results, string more = "") =>
        $$"""{"id": 22, "completed_by": 1, "result": [{{results}}], "was_cancelled": false, "ground_truth": false, "created_at": "2024-01-30T02:40:43.893565Z", "updated_at": "2024-01-30T02:41:43.893578Z", "lead_time": 8.65, "prediction": {}, "result_count": 0, "task": 87, "parent_prediction": null{{more}}}""";

    static string Rectangle(string value = """ "x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Cat"] """, string id = "UKz0YvhhKF") =>
        $$"""{"id": "{{id}}", "type": "rectanglelabels", "value": {{{value}}}, "origin": "manual", "to_name": "image", "from_name": "label", "image_rotation": 0, "original_width": 320, "original_height": 240}""";

    [Fact]
    public void Label_Studio_tells_boxes_classes_people_and_skipped_tasks()
    {
        var choice = """{"value": {"choices": ["open"]}, "id": "c", "from_name": "class", "to_name": "image", "type": "choices", "origin": "manual"}""";
        var remark = """{"value": {"x": 10, "y": 20, "width": 30, "height": 40, "choices": ["uncertain"]}, "id": "UKz0YvhhKF", "from_name": "sure", "to_name": "image", "type": "choices"}""";
        var result = Read("export.json", "[" + string.Join(',', Task(Annotation($"{Rectangle()},{remark},{choice}")), Task(""), Task(Annotation("", ", \"x\": 1").Replace("\"was_cancelled\": false", "\"was_cancelled\": true")), Task(Annotation(""))) + "]");
        Assert.Equal("labelstudio", result.Format);
        Assert.Equal([ToolAnswerState.Submitted, ToolAnswerState.Open, ToolAnswerState.Skipped, ToolAnswerState.Submitted], result.Answers.Select(a => a.State));
        var first = result.Answers[0];
        Assert.Equal(("task 87", "1", "open", 320, 240), (first.Item, first.By, Assert.Single(first.Labels), first.Width, first.Height));
        Assert.Equal(new DateTimeOffset(2024, 1, 30, 2, 41, 43, TimeSpan.Zero).AddTicks(8935780), first.Time);
        var box = Assert.Single(first.Boxes);
        Assert.Equal(("UKz0YvhhKF", true, "Cat"), (box.Id, box.IdIsSure, box.Label));
        Assert.Equal((32d, 48d, 96d, 96d), box.InPixels(320, 240));
        Assert.Empty(result.Answers[3].Boxes);
    }

    [Fact]
    public void JSON_MIN_is_read_without_ids()
    {
        var result = Read("min.json", """
            [{"image": "a.png", "flywheel_id": "0123456789ab", "flywheel_queue": "cells", "id": 1, "box": [{"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Cat"], "original_width": 320, "original_height": 240}], "annotator": 3, "annotation_id": 5, "created_at": "2024-01-30T02:40:43Z", "updated_at": "2024-01-30T02:40:43Z", "lead_time": 2.5},
             {"image": "b.png", "id": 2, "class": "open", "annotator": "ann@x.org", "annotation_id": 6},
             {"image": "c.png", "id": 3, "annotator": 3, "annotation_id": 7},
             {"image": "d.png", "id": 4, "annotator": {}, "annotation_id": null}]
            """);
        Assert.Equal(("labelstudio-min", "cells"), (result.Format, result.Task));
        Assert.Equal([ToolAnswerState.Submitted, ToolAnswerState.Submitted, ToolAnswerState.Submitted, ToolAnswerState.Open], result.Answers.Select(a => a.State));
        Assert.Equal(("0123456789ab", "3"), (result.Answers[0].Key, result.Answers[0].By));
        Assert.Null(Assert.Single(result.Answers[0].Boxes).Id);
        Assert.Equal(("open", "ann@x.org"), (Assert.Single(result.Answers[1].Labels), result.Answers[1].By));
    }

    [Fact]
    public void A_turned_rectangle_becomes_the_upright_box_around_it()
    {
        // Label Studio turns about the top left corner: by 90 degrees, 20 wide and 10 high at (50, 50) lies left of it.
        var box = Assert.Single(Assert.Single(Read("a.json", $"[{Task(Annotation(Rectangle(""" "x": 50, "y": 50, "width": 20, "height": 10, "rotation": 90, "rectanglelabels": ["Cat"] """)))}]").Answers).Boxes);
        var (x, y, w, h) = box.InPixels(100, 100);
        Assert.Equal((40d, 50d, 10d, 20d), (Math.Round(x, 9), Math.Round(y, 9), Math.Round(w, 9), Math.Round(h, 9)));
        // In pixels, not in percent: a picture need not be square.
        (x, y, w, h) = box.InPixels(200, 100);
        Assert.Equal((90d, 50d, 10d, 40d), (Math.Round(x, 9), Math.Round(y, 9), Math.Round(w, 9), Math.Round(h, 9)));
        // CVAT turns about the centre.
        box = Assert.Single(Assert.Single(Read("a.xml", """<annotations><version>1.1</version><image id="0" name="a.png" width="100" height="100"><box label="Cat" xtl="40" ytl="45" xbr="60" ybr="55" rotation="90.00" /></image></annotations>""").Answers).Boxes);
        (x, y, w, h) = box.InPixels(100, 100);
        Assert.Equal((45d, 40d, 10d, 20d), (Math.Round(x, 9), Math.Round(y, 9), Math.Round(w, 9), Math.Round(h, 9)));
    }

    const string Cvat = """
        <?xml version="1.0" encoding="utf-8"?>
        <annotations>
          <version>1.1</version>
          <meta>
            <task>
              <id>4</id><name>cells</name><size>2</size><mode>annotation</mode><overlap>0</overlap>
              <labels><label><name>plate</name><color>#c06060</color><type>any</type><attributes><attribute><name>flywheel_id</name><mutable>False</mutable><input_type>text</input_type><default_value></default_value><values></values></attribute></attributes></label></labels>
              <segments><segment><id>4</id><start>0</start><stop>1</stop><url>http://localhost:8080/api/jobs/4</url></segment></segments>
              <owner><username>admin</username><email></email></owner>
              <assignee><username>ann</username><email></email></assignee>
            </task>
            <dumped>2018-09-25 11:38:28.799808+03:00</dumped>
          </meta>
          <image id="0" name="dir\größe 1.jpg" width="1600" height="1200">
            <box label="plate" source="manual" occluded="1" xtl="797.33" ytl="870.92" xbr="965.52" ybr="928.94" z_order="4">
              <attribute name="flywheel_id">b7</attribute>
              <attribute name="color">red</attribute>
            </box>
            <box label="plate" source="manual" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4" z_order="0"><attribute name="flywheel_id"></attribute></box>
            <tag label="good_frame" source="manual">
            </tag>
          </image>
          <image id="1" name="b.jpg" width="1600" height="1200">
          </image>
        </annotations>
        """;

    [Fact]
    public void CVAT_tells_tags_boxes_and_ids()
    {
        var result = Read("annotations.xml", Cvat);
        Assert.Equal(("cvat", "cells"), (result.Format, result.Task));
        Assert.Equal(2, result.Answers.Count);
        var first = result.Answers[0];
        Assert.Equal((@"dir\größe 1.jpg", "good_frame", "ann", 1600, 14), (first.File, Assert.Single(first.Labels), first.By, first.Width, first.Place.Line));
        Assert.Equal([("b7", true), (null, false)], first.Boxes.Select(b => (b.Id, b.IdIsSure)));
        var (x, y, w, h) = first.Boxes[0].InPixels(1600, 1200);
        Assert.Equal((797.33, 870.92, 168.19, 58.02), (x, y, Math.Round(w, 9), Math.Round(h, 9)));
        Assert.Empty(result.Answers[1].Boxes);
        Assert.All(result.Answers, a => Assert.Equal(ToolAnswerState.Present, a.State));
    }

    [Fact]
    public void An_export_is_read_from_its_archive()
    {
        var path = Path.Combine(_folder, "task.zip");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using (var picture = new StreamWriter(archive.CreateEntry("images/b.jpg").Open())) picture.Write("picture");
            using var file = new StreamWriter(archive.CreateEntry("annotations.xml").Open());
            file.Write(Cvat);
        }
        Assert.Equal(2, AnnotationFile.Read(path, "auto", default).Answers.Count);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);
        Assert.Equal("AnnotationFileInvalid", Assert.Throws<FlywheelException>(() => AnnotationFile.Read(path, "auto", default)).ErrorId);
    }

    [Fact]
    public void COCO_tells_boxes_and_classes_and_whose_id_is_sure()
    {
        var result = Read("instances_default.json", """
            {"licenses": [{"name": "", "id": 0, "url": ""}], "info": {"contributor": "", "description": "", "version": "", "year": ""},
             "categories": [{"id": 1, "name": "Cat", "supercategory": ""}, {"id": 7, "name": "Dog", "supercategory": ""}],
             "images": [{"id": 3, "width": 640, "height": 480, "file_name": "x/a.png", "license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}, {"id": 4, "file_name": "b.png"}],
             "annotations": [{"id": 1, "image_id": 3, "category_id": 7, "segmentation": [], "area": 1200.0, "bbox": [10.5, 20.0, 30.0, 40.0], "iscrowd": 0, "attributes": {"occluded": false, "rotation": 0.0, "flywheel_id": "k"}},
                             {"id": 2, "image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0}, {"id": 9, "image_id": 4, "category_id": 1}]}
            """);
        Assert.Equal([("k", true, "Dog"), ("2", false, "Cat")], result.Answers[0].Boxes.Select(b => (b.Id, b.IdIsSure, b.Label)));
        Assert.Equal("Cat", Assert.Single(result.Answers[1].Labels));
    }

    [Fact]
    public void VOC_and_YOLO_folders_are_read()
    {
        Write("voc/a.xml", """<annotation verified="yes"><folder>x</folder><filename>other.jpg</filename><size><width>640</width><height>480</height><depth>3</depth></size><object><name>RBC</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>""");
        Write("voc/b.xml", "<annotation><filename>b.jpg</filename></annotation>");
        var voc = AnnotationFile.Read(Path.Combine(_folder, "voc"), "auto", default);
        Assert.Equal("voc", voc.Format);
        Assert.Equal(("a.jpg", (10d, 20d, 30d, 40d)), (voc.Answers[0].File, Assert.Single(voc.Answers[0].Boxes).InPixels(640, 480)));
        Assert.Empty(voc.Answers[1].Boxes);

        foreach (var names in (string[])["names: ['RBC', \"WBC\"]\nnc: 2\n", "nc: 2\nnames:\n- RBC\n- WBC\n", "names:\n  0: RBC\n  1: WBC\ntrain: x\n"])
        {
            Write("yolo/data.yaml", names);
            Write("yolo/labels/a.txt", "1 0.5 0.25 0.1 0.2\n\n");
            Write("yolo/labels/b.txt", "");
            var yolo = AnnotationFile.Read(Path.Combine(_folder, "yolo"), "auto", default);
            Assert.Equal(["a", "b"], yolo.Answers.Select(a => a.File));
            var box = Assert.Single(yolo.Answers[0].Boxes);
            var (x, y, w, h) = box.InPixels(640, 480);
            Assert.Equal(("WBC", 288d, 72d, 64d, 96d), (box.Label, Math.Round(x, 6), Math.Round(y, 6), Math.Round(w, 6), Math.Round(h, 6)));
        }
        Write("yolo/labels/a.txt", "1 0.5 0.25 0.1 0.2\n1 0.5 x 0.1 0.2\n");
        Assert.Equal(2, Assert.Throws<FlywheelException>(() => AnnotationFile.Read(Path.Combine(_folder, "yolo"), "auto", default)).Location!.Line);
    }

    /// <summary>File, text, line, and what the message has to tell.</summary>
    public static TheoryData<string, string, int?, string> Broken => new()
    {
        { "cut.json", "[\n" + Task(Annotation(Rectangle())) + ",\n{\"id\": 5, \"da", 3, "is no JSON" },
        { "empty.json", "", 1, "is no JSON" },
        { "nan.json", "[" + Task(Annotation(Rectangle(""" "x": NaN, "y": 20, "width": 30, "height": 40, "rectanglelabels": ["Cat"] """))) + "]", 1, "is no JSON" },
        { "number.json", "17", null, "$: is no array of tasks" },
        { "x.json", "[" + Task(Annotation(Rectangle(""" "x": "10", "y": 20, "width": 30, "height": 40, "rectanglelabels": ["Cat"] """))) + "]", null, "$[0].annotations[0].result[0].value.x: is text, not a number" },
        { "missing.json", "[" + Task(Annotation(Rectangle(""" "x": 10, "y": 20, "width": 30, "rectanglelabels": ["Cat"] """))) + "]", null, "$[0].annotations[0].result[0].value.height: is missing, a number is needed" },
        { "type.json", "[" + Task(Annotation("""{"id": "a", "value": {}}""")) + "]", null, "$[0].annotations[0].result[0].type: is missing" },
        { "result.json", "[" + Task("""{"id": 1, "result": {}}""") + "]", null, "$[0].annotations[0].result: is an object, not an array" },
        { "task.json", "[" + Task("") + ", 7]", null, "$[1]: is a number, not an object" },
        { "huge.json", "[" + Task(Annotation(Rectangle(""" "x": 1e999, "y": 20, "width": 30, "height": 40, "rectanglelabels": ["Cat"] """))) + "]", null, "value.x: is no number that fits" },
        { "deep.json", new string('[', 5000), 1, "is no JSON" },
        { "scores.json", """[{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.9}]""", null, "COCO result" },
        { "coco1.json", """{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "categories": [], "annotations": []}""", null, "$.images[1].id: is 1, the id of another image" },
        { "coco2.json", """{"images": [{"id": 1, "file_name": "a"}], "categories": [{"id": 1, "name": "c"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]}]}""", null, "$.annotations[0].bbox: has 3 numbers" },
        { "coco3.json", """{"images": [{"id": 1}], "categories": [], "annotations": []}""", null, "$.images[0].file_name: is missing" },
        { "coco4.json", """{"images": [], "annotations": []}""", null, "$.categories: is missing" },
        { "coco5.json", """{"images": [{"id": 1.5, "file_name": "a"}], "categories": [], "annotations": []}""", null, "$.images[0].id: is no whole number" },
        { "cut.xml", Cvat[..^60], 23, "is no XML" },
        { "bomb.xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>\n<annotations>&c;</annotations>", 2, "document type definition" },
        { "outside.xml", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><annotations/>", 1, "document type definition" },
        { "video.xml", "<annotations>\n<track id=\"0\" label=\"car\"></track></annotations>", 2, "CVAT for video" },
        { "root.xml", "<html/>", 1, "not <annotations>" },
        { "number.xml", "<annotations>\n<image id=\"0\" name=\"a.png\">\n<box label=\"c\" xtl=\"ten\" ytl=\"1\" xbr=\"2\" ybr=\"3\"/></image></annotations>", 3, "'xtl' is 'ten'" },
        { "name.xml", "<annotations>\n<image id=\"0\"/></annotations>", 2, "'name' is missing" },
        { "label.xml", "<annotations><image id=\"0\" name=\"a\">\n\n<tag/></image></annotations>", 3, "'label' is missing" },
        { "voc1.xml", "<annotation>\n<object>\n<bndbox><xmin>1</xmin></bndbox></object></annotation>", 2, "has no name" },
        { "voc2.xml", "<annotation><object><name>c</name>\n<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>1</xmax></bndbox></object></annotation>", 2, "<ymax> is missing" },
        { "manifest.csv", "path,labl\na.png,x\n", 1, "no column 'label'" },
        { "quotes.csv", "path,label\na.png,x\n\"b.png,y\n", 3, "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_with_line_or_path(string name, string text, int? line, string what)
    {
        var fault = Refused(name, text);
        Assert.True(fault.ErrorId is "AnnotationFileInvalid" or "AnnotationFormatUnknown", fault.ErrorId);
        Assert.Contains(what, fault.Message);
        Assert.Contains(name, fault.Message);
        if (line is not null) Assert.Equal(line, fault.Location!.Line);
        Assert.NotNull(fault.RecommendedAction);
    }

    [Fact]
    public void Shapes_that_are_no_boxes_and_foreign_ids_are_problems_of_their_image()
    {
        var polygon = """{"id": "p", "type": "polygonlabels", "value": {"points": [[1, 2], [3, 4], [5, 6]], "polygonlabels": ["Cat"]}, "original_width": 128, "original_height": 128, "to_name": "image", "from_name": "label"}""";
        var answer = Assert.Single(Read("a.json", $"[{Task(Annotation($"{polygon},{Rectangle()}"))}]").Answers);
        Assert.Equal("AnnotationShapeUnsupported", Assert.Single(answer.Problems).ErrorId);
        Assert.Contains("task 87 has a polygonlabels", answer.Problems[0].Message);
        Assert.Equal("AnnotationBoxInvalid", Assert.Single(Assert.Single(Read("b.json", $"[{Task(Annotation(Rectangle(""" "x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["Cat", "Dog"] """)))}]").Answers).Problems).ErrorId);
        Assert.Equal("AnnotationShapeUnsupported", Assert.Single(Assert.Single(Read("c.xml", "<annotations><image id=\"0\" name=\"a\"><polygon label=\"x\" points=\"1,2;3,4\"/></image></annotations>").Answers).Problems).ErrorId);
        var coco = Read("d.json", """{"images": [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "b"}], "categories": [{"id": 1, "name": "c"}], "annotations": [{"id": 1, "image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 2, "image_id": 1, "category_id": 8, "bbox": [1, 2, 3, 4]}, {"id": 2, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4]}]}""");
        Assert.Equal(["AnnotationImageUnknown", "AnnotationLabelUnknown", "AnnotationIdTwice"], coco.Answers.SelectMany(a => a.Problems).Select(p => p.ErrorId));
        Assert.Contains("$.annotations[1].category_id: annotation 2 of image 1, 'a' is of category 8", coco.Answers.SelectMany(a => a.Problems).ElementAt(1).Message);
    }

    [Theory]
    [InlineData(@"C:\Users\Ann\Bilder\0001-0123456789ab.png")]
    [InlineData("/data/upload/29/1f2e3d4c-0001-0123456789ab.png")]
    [InlineData("/data/local-files/?d=task/images/0001-0123456789ab.png")]
    [InlineData("/data/local-files/?d=task%2Fimages%2F0001-0123456789ab.png")]
    [InlineData("https://host/images/0001-0123456789ab.png?X-Amz-Signature=0f0f&x=1")]
    [InlineData("s3://bucket/a/0001-0123456789AB.PNG")]
    [InlineData("renamed_0123456789ab_v2.jpg")]
    [InlineData("gr%C3%B6%C3%9Fe%201%20%28e%CC%81%29.png")]
    [InlineData(@"D:\größe 1 (é).png")]
    [InlineData("1f2e3d4c-größe 1 (é).png")]
    [InlineData("größe 1 (é)")]
    public void Images_are_found_whatever_a_tool_makes_of_their_names(string file)
    {
        var images = new TaskImages(
        [
            new TaskImage { Key = "0123456789ab", File = "0001-0123456789ab.png", ImageId = new string('0', 64), Name = "größe 1 (é).png" },
            new TaskImage { Key = "ba9876543210", File = "0002-ba9876543210.png", ImageId = new string('1', 64), Name = "other.png" },
        ]);
        Assert.Equal("0123456789ab", images.Find(null, file)?.Key);
        Assert.Equal("ba9876543210", images.Find("ba9876543210", file)?.Key);
        Assert.Null(images.Find("ffffffffffff", "no.png"));
    }

    [Fact]
    public void Of_two_images_of_one_name_none_is_guessed()
    {
        var images = new TaskImages([new TaskImage { Key = "aaaaaaaaaaaa", File = "1.png", ImageId = "a", Name = "eye.png" }, new TaskImage { Key = "bbbbbbbbbbbb", File = "2.png", ImageId = "b", Name = "eye.png" }]);
        Assert.Null(images.Find(null, "x/eye.png"));
        Assert.Equal("aaaaaaaaaaaa", images.Find(null, "1.png")?.Key);
    }

    [Fact]
    public void A_copied_box_is_new_and_the_original_keeps_its_id()
    {
        List<LabelBox> sent = [new("a", "Cat", 10, 10, 20, 20)];
        var back = BoxMatching.Match("k", sent, [("a", true, "Cat", 50, 50, 20, 20), ("a", true, "Cat", 10.004, 10, 20, 19.996)]);
        Assert.Equal("a", back[1].Id);
        Assert.Equal(sent[0], back[1]);
        Assert.NotEqual("a", back[0].Id);
        Assert.Equal(back, BoxMatching.Match("k", sent, [("a", true, "Cat", 50, 50, 20, 20), ("a", true, "Cat", 10.004, 10, 20, 19.996)]));
    }

    [Fact]
    public void Without_ids_boxes_are_told_by_where_they_are()
    {
        List<LabelBox> sent = [new("a", "Cat", 0, 0, 10, 10), new("b", "Cat", 0, 0, 10, 10), new("c", "Dog", 100, 100, 20, 20), new("d", "Cat", 101, 101, 20, 20)];
        var back = BoxMatching.Match("k", sent, [(null, false, "Cat", 103, 102, 20, 20), (null, false, "Dog", 99, 100, 20, 20), (null, false, "Cat", 0, 0, 10, 10), (null, false, "Cat", 300, 300, 5, 5)]);
        Assert.Equal(["d", "c", "a"], back.Take(3).Select(b => b.Id));
        Assert.StartsWith("b", back[3].Id);
        Assert.Equal(12, back[3].Id.Length);
        // Numbers that a converter gave anew are no ids.
        Assert.Equal("c", BoxMatching.Match("k", [new("1", "Cat", 0, 0, 10, 10), new("c", "Cat", 50, 50, 10, 10)], [("1", false, "Cat", 50, 50, 10, 10)])[0].Id);
    }

    [Fact]
    public void A_file_that_is_not_there_or_too_much_is_told()
    {
        Assert.Equal("AnnotationFileNotFound", Assert.Throws<FlywheelException>(() => AnnotationFile.Read(Path.Combine(_folder, "none.json"), "auto", default)).ErrorId);
        Assert.Equal("AnnotationFormatUnknown", Assert.Throws<FlywheelException>(() => AnnotationFile.Read(_folder, "auto", default)).ErrorId);
        Assert.Equal("AnnotationFormatUnknown", Refused("a.bin", "\u0001\u0002").ErrorId);
        var path = Path.Combine(_folder, "big.json");
        using (var file = File.Create(path)) file.SetLength(AnnotationFile.LargestFile + 1);
        Assert.Equal("AnnotationFileTooLarge", Assert.Throws<FlywheelException>(() => AnnotationFile.Read(path, "auto", default)).ErrorId);
    }
}
