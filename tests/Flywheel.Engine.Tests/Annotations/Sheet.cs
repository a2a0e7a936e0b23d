using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Flywheel.Engine.Tests.Annotations;

/// <summary>A box as a person sees it in a tool.</summary>
sealed record SheetBox(string Id, string Label, double X, double Y, double W, double H);

/// <summary>An image as a person sees it in a tool.</summary>
sealed class SheetImage
{
    public required string File { get; init; }
    public string Key { get; init; } = "";
    public int Width { get; init; }
    public int Height { get; init; }
    public string? Label { get; set; }
    public List<SheetBox> Boxes { get; } = [];
    public bool Submitted { get; set; }
    public bool Skipped { get; set; }
}

/// <summary>
/// Stand-ins for the labelling tools: each loads what was sent the way the tool does, and writes what it would export, in the tool's own
/// layout and rounding. They share no code with the formats under test.
/// </summary>
abstract class Tool
{
    public static readonly string[] Names = ["labelstudio", "labelstudio-min", "cvat", "cvat-without-attributes", "coco", "coco-renumbered", "voc", "labelimg", "yolo", "folder"];

    public static Tool Of(string name) => name switch
    {
        "labelstudio" => new LabelStudio(false),
        "labelstudio-min" => new LabelStudio(true),
        "cvat" => new Cvat(true),
        "cvat-without-attributes" => new Cvat(false),
        "coco" => new Coco(true),
        "coco-renumbered" => new Coco(false),
        "voc" => new Voc(false),
        "labelimg" => new Voc(true),
        "yolo" => new Yolo(),
        _ => new Folder(),
    };

    public abstract LabellingTool To { get; }

    /// <summary>True if the tool keeps apart what was submitted from what was not looked at.</summary>
    public virtual bool Submits => false;

    public virtual bool KeepsIds => true;

    public virtual bool HasBoxes => true;

    public virtual bool HasLabels => true;

    /// <summary>Loads a task, lets a person work on it, and exports.</summary>
    public string Work(LabellingTask task, Action<List<SheetImage>>? edit = null)
    {
        var sheet = Load(task);
        edit?.Invoke(sheet);
        return Save(task, sheet);
    }

    protected abstract List<SheetImage> Load(LabellingTask task);

    protected abstract string Save(LabellingTask task, List<SheetImage> sheet);

    static string Two(double v) => v.ToString("0.00", CultureInfo.InvariantCulture);

    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    static string Write(LabellingTask task, string name, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(task.Path + "-back").FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Label Studio 1.x: percent of the picture, regions with ids, predictions that people submit.</summary>
    sealed class LabelStudio(bool min) : Tool
    {
        public override LabellingTool To => LabellingTool.LabelStudio;
        public override bool Submits => true;
        public override bool KeepsIds => !min;

        JsonArray _tasks = [];

        protected override List<SheetImage> Load(LabellingTask task)
        {
            _tasks = JsonNode.Parse(File.ReadAllText(task.Manifest))!.AsArray();
            var config = XDocument.Parse(File.ReadAllText(Path.Combine(task.Path, "labels.xml")));
            Assert.Equal(task.Labels, config.Descendants().Where(e => e.Name.LocalName is "Label" or "Choice").Select(e => e.Attribute("value")!.Value));
            var sheet = new List<SheetImage>();
            foreach (var t in _tasks)
            {
                var results = t!["predictions"]?[0]!["result"]!.AsArray() ?? [];
                var image = new SheetImage { File = t["data"]!["image"]!.GetValue<string>(), Width = 640, Height = 480, Submitted = results.Count > 0 };
                foreach (var r in results)
                {
                    var v = r!["value"]!;
                    if (v["choices"] is { } choices) image.Label = choices[0]!.GetValue<string>();
                    else image.Boxes.Add(new SheetBox(r["id"]!.GetValue<string>(), v["rectanglelabels"]![0]!.GetValue<string>(), D(v, "x") * 6.40, D(v, "y") * 4.80, D(v, "width") * 6.40, D(v, "height") * 4.80));
                }
                sheet.Add(image);
            }
            return sheet;

            static double D(JsonNode v, string name) => v[name]!.GetValue<double>();
        }

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            var export = new JsonArray();
            for (var i = 0; i < sheet.Count; i++)
            {
                var image = sheet[i];
                var results = new JsonArray();
                var regions = new JsonArray();
                foreach (var b in image.Boxes)
                {
                    var value = new JsonObject { ["x"] = b.X / 6.40, ["y"] = b.Y / 4.80, ["width"] = b.W / 6.40, ["height"] = b.H / 4.80, ["rotation"] = 0, ["rectanglelabels"] = new JsonArray(b.Label) };
                    results.Add(new JsonObject { ["original_width"] = 640, ["original_height"] = 480, ["image_rotation"] = 0, ["value"] = value, ["id"] = b.Id.Length > 0 ? b.Id : $"Rx{i}_{results.Count}", ["from_name"] = "box", ["to_name"] = "image", ["type"] = "rectanglelabels", ["origin"] = "prediction" });
                    var region = value.DeepClone().AsObject();
                    region["original_width"] = 640;
                    region["original_height"] = 480;
                    regions.Add(region);
                }
                if (image.Label is { } label) results.Add(new JsonObject { ["value"] = new JsonObject { ["choices"] = new JsonArray(label) }, ["id"] = $"c{i}", ["from_name"] = "class", ["to_name"] = "image", ["type"] = "choices", ["origin"] = "manual" });
                if (min)
                {
                    if (image.Skipped) continue;
                    var row = _tasks[i]!["data"]!.DeepClone().AsObject();
                    row["id"] = 1000 + i;
                    if (image.Submitted && regions.Count > 0) row["box"] = regions;
                    if (image.Submitted && image.Label is not null) row["class"] = image.Label;
                    row["annotator"] = image.Submitted ? 7 : null;
                    row["annotation_id"] = image.Submitted ? 5000 + i : null;
                    row["created_at"] = image.Submitted ? "2027-01-31T10:00:00.123456Z" : null;
                    row["updated_at"] = image.Submitted ? "2027-01-31T10:00:00.123456Z" : null;
                    row["lead_time"] = image.Submitted ? 3.2 : null;
                    export.Add(row);
                    continue;
                }
                var annotations = new JsonArray();
                if (image.Submitted || image.Skipped)
                    annotations.Add(new JsonObject { ["id"] = 5000 + i, ["completed_by"] = 7, ["result"] = results, ["was_cancelled"] = image.Skipped, ["ground_truth"] = false, ["created_at"] = "2027-01-31T10:00:00.123456Z", ["updated_at"] = "2027-01-31T10:00:00.123456Z", ["lead_time"] = 3.2, ["prediction"] = new JsonObject(), ["result_count"] = 0, ["task"] = 1000 + i, ["parent_prediction"] = null, ["parent_annotation"] = null });
                export.Add(new JsonObject { ["id"] = 1000 + i, ["annotations"] = annotations, ["file_upload"] = "a1b2c3d4-tasks.json", ["drafts"] = new JsonArray(), ["predictions"] = new JsonArray(), ["data"] = _tasks[i]!["data"]!.DeepClone(), ["meta"] = new JsonObject(), ["inner_id"] = i + 1, ["total_annotations"] = annotations.Count, ["cancelled_annotations"] = 0, ["project"] = 3, ["updated_by"] = 7 });
            }
            return Write(task, "project-3-at-2027-01-31.json", export.ToJsonString(s_indented));
        }
    }

    /// <summary>CVAT 2: an XML file with two decimals; ids survive where the task's labels have the attribute.</summary>
    sealed class Cvat(bool attributes) : Tool
    {
        public override LabellingTool To => LabellingTool.Cvat;
        public override bool KeepsIds => attributes;

        protected override List<SheetImage> Load(LabellingTask task)
        {
            Assert.Equal(task.Labels, JsonNode.Parse(File.ReadAllText(Path.Combine(task.Path, "labels.json")))!.AsArray().Select(l => l!["name"]!.GetValue<string>()));
            return [.. XDocument.Load(task.Manifest).Root!.Elements("image").Select(e =>
            {
                var image = new SheetImage { File = e.Attribute("name")!.Value, Width = (int)e.Attribute("width")!, Height = (int)e.Attribute("height")!, Label = e.Element("tag")?.Attribute("label")!.Value };
                foreach (var b in e.Elements("box"))
                    image.Boxes.Add(new SheetBox(b.Elements("attribute").Single(a => a.Attribute("name")!.Value == "flywheel_id").Value, b.Attribute("label")!.Value, (double)b.Attribute("xtl")!, (double)b.Attribute("ytl")!,
                        (double)b.Attribute("xbr")! - (double)b.Attribute("xtl")!, (double)b.Attribute("ybr")! - (double)b.Attribute("ytl")!));
                return image;
            })];
        }

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            var root = new XElement("annotations", new XElement("version", "1.1"),
                new XElement("meta", new XElement("task", new XElement("id", 4), new XElement("name", task.Queue), new XElement("size", sheet.Count), new XElement("mode", "annotation"),
                    new XElement("labels", task.Labels.Select(l => new XElement("label", new XElement("name", l), new XElement("color", "#c06060"), new XElement("type", "any"), new XElement("attributes", attributes ? new XElement("attribute", new XElement("name", "flywheel_id"), new XElement("mutable", "False"), new XElement("input_type", "text"), new XElement("default_value"), new XElement("values")) : null)))),
                    new XElement("segments", new XElement("segment", new XElement("id", 4), new XElement("start", 0), new XElement("stop", sheet.Count - 1))), new XElement("owner", new XElement("username", "admin"), new XElement("email"))), new XElement("dumped", "2027-01-31 11:38:28.799808+00:00")));
            for (var i = 0; i < sheet.Count; i++)
            {
                var image = sheet[i];
                root.Add(new XElement("image", new XAttribute("id", i), new XAttribute("name", "upload\\" + image.File), new XAttribute("width", image.Width), new XAttribute("height", image.Height),
                    image.Boxes.Select(b => new XElement("box", new XAttribute("label", b.Label), new XAttribute("source", "manual"), new XAttribute("occluded", 0), new XAttribute("xtl", Two(b.X)), new XAttribute("ytl", Two(b.Y)), new XAttribute("xbr", Two(b.X + b.W)), new XAttribute("ybr", Two(b.Y + b.H)), new XAttribute("z_order", 0),
                        attributes ? new XElement("attribute", new XAttribute("name", "flywheel_id"), b.Id) : null, "\n    ")),
                    image.Label is null ? null : new XElement("tag", new XAttribute("label", image.Label), new XAttribute("source", "manual"), "\n    ")));
            }
            var path = Write(task, "annotations.xml", "");
            new XDocument(root).Save(path);
            return path;
        }
    }

    /// <summary>COCO: through CVAT, which keeps attributes and rounds to two decimals, or through a converter that numbers anew and keeps nothing else.</summary>
    sealed class Coco(bool attributes) : Tool
    {
        public override LabellingTool To => LabellingTool.Coco;
        public override bool KeepsIds => attributes;

        JsonObject _sent = [];

        protected override List<SheetImage> Load(LabellingTask task)
        {
            _sent = JsonNode.Parse(File.ReadAllText(task.Manifest))!.AsObject();
            var names = _sent["categories"]!.AsArray().ToDictionary(c => c!["id"]!.GetValue<int>(), c => c!["name"]!.GetValue<string>());
            var images = _sent["images"]!.AsArray().ToDictionary(i => i!["id"]!.GetValue<int>(), i => new SheetImage { File = i!["file_name"]!.GetValue<string>(), Width = i["width"]!.GetValue<int>(), Height = i["height"]!.GetValue<int>() });
            foreach (var a in _sent["annotations"]!.AsArray())
            {
                var image = images[a!["image_id"]!.GetValue<int>()];
                var label = names[a["category_id"]!.GetValue<int>()];
                if (a["bbox"] is not JsonArray box) image.Label = label;
                else image.Boxes.Add(new SheetBox(a["attributes"]!["flywheel_id"]!.GetValue<string>(), label, box[0]!.GetValue<double>(), box[1]!.GetValue<double>(), box[2]!.GetValue<double>(), box[3]!.GetValue<double>()));
            }
            return [.. images.Values];
        }

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            // Categories in another order, and numbers from 0: nothing may hang on them.
            var categories = task.Labels.Reverse().ToList();
            var annotations = new JsonArray();
            var images = new JsonArray();
            for (var i = 0; i < sheet.Count; i++)
            {
                var image = sheet[i];
                images.Add(new JsonObject { ["id"] = 100 + i, ["width"] = image.Width, ["height"] = image.Height, ["file_name"] = "images/" + Uri.EscapeDataString(image.File), ["license"] = 0, ["flickr_url"] = "", ["coco_url"] = "", ["date_captured"] = 0 });
                foreach (var b in image.Boxes)
                {
                    var a = new JsonObject { ["id"] = annotations.Count, ["image_id"] = 100 + i, ["category_id"] = categories.IndexOf(b.Label), ["segmentation"] = new JsonArray(), ["area"] = b.W * b.H, ["bbox"] = new JsonArray(Math.Round(b.X, 2), Math.Round(b.Y, 2), Math.Round(b.W, 2), Math.Round(b.H, 2)), ["iscrowd"] = 0 };
                    if (attributes) a["attributes"] = new JsonObject { ["occluded"] = false, ["rotation"] = 0.0, ["flywheel_id"] = b.Id };
                    annotations.Add(a);
                }
                if (image.Label is { } label)
                    annotations.Add(attributes ? new JsonObject { ["id"] = annotations.Count, ["image_id"] = 100 + i, ["category_id"] = categories.IndexOf(label) }
                        : new JsonObject { ["id"] = annotations.Count, ["image_id"] = 100 + i, ["category_id"] = categories.IndexOf(label), ["bbox"] = new JsonArray(0, 0, image.Width, image.Height), ["segmentation"] = new JsonArray(), ["area"] = image.Width * image.Height, ["iscrowd"] = 0 });
            }
            return Write(task, "instances_default.json", new JsonObject
            {
                ["licenses"] = new JsonArray(), ["info"] = new JsonObject { ["contributor"] = "", ["date_created"] = "", ["description"] = "", ["url"] = "", ["version"] = "", ["year"] = "" },
                ["categories"] = new JsonArray([.. categories.Select((c, i) => new JsonObject { ["id"] = i, ["name"] = c, ["supercategory"] = "" })]), ["images"] = images, ["annotations"] = annotations,
            }.ToJsonString());
        }
    }

    /// <summary>Pascal VOC beside the images: as it is, or as LabelImg saves it, in whole pixels.</summary>
    sealed class Voc(bool labelImg) : Tool
    {
        public override LabellingTool To => LabellingTool.Folder;
        public override bool KeepsIds => false;
        public override bool HasLabels => false;

        protected override List<SheetImage> Load(LabellingTask task) => [.. Directory.EnumerateFiles(Path.Combine(task.Path, "images")).Where(f => !f.EndsWith(".xml", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f =>
        {
            var image = new SheetImage { File = Path.GetFileName(f), Width = 640, Height = 480 };
            if (!File.Exists(Path.ChangeExtension(f, ".xml"))) return image;
            image.Submitted = true;
            foreach (var o in XDocument.Load(Path.ChangeExtension(f, ".xml")).Root!.Elements("object"))
            {
                var b = o.Element("bndbox")!;
                image.Boxes.Add(new SheetBox("", o.Element("name")!.Value, (double)b.Element("xmin")!, (double)b.Element("ymin")!, (double)b.Element("xmax")! - (double)b.Element("xmin")!, (double)b.Element("ymax")! - (double)b.Element("ymin")!));
            }
            return image;
        })];

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            foreach (var image in sheet.Where(i => i.Submitted))
                new XDocument(new XElement("annotation", new XAttribute("verified", "yes"), new XElement("folder", "images"), new XElement("filename", image.File), new XElement("path", @"C:\Users\ann\images\" + image.File), new XElement("source", new XElement("database", "Unknown")),
                    new XElement("size", new XElement("width", 640), new XElement("height", 480), new XElement("depth", 3)), new XElement("segmented", 0),
                    image.Boxes.Select(b => new XElement("object", new XElement("name", b.Label), new XElement("pose", "Unspecified"), new XElement("truncated", 0), new XElement("difficult", 0),
                        new XElement("bndbox", new XElement("xmin", Edge(b.X)), new XElement("ymin", Edge(b.Y)), new XElement("xmax", Edge(b.X + b.W)), new XElement("ymax", Edge(b.Y + b.H))))))).Save(Path.Combine(task.Path, "images", Path.ChangeExtension(image.File, ".xml")));
            return task.Path;
        }

        string Edge(double v) => labelImg ? ((int)v).ToString(CultureInfo.InvariantCulture) : Two(v);
    }

    /// <summary>YOLO's text files, from the same folder.</summary>
    sealed class Yolo : Tool
    {
        public override LabellingTool To => LabellingTool.Folder;
        public override bool KeepsIds => false;
        public override bool HasLabels => false;

        protected override List<SheetImage> Load(LabellingTask task)
        {
            var sheet = new VocReader(task).Sheet;
            foreach (var xml in Directory.EnumerateFiles(Path.Combine(task.Path, "images"), "*.xml")) File.Delete(xml);
            return sheet;
        }

        sealed class VocReader(LabellingTask task)
        {
            public List<SheetImage> Sheet { get; } = new Voc(false).Load(task);
        }

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            var classes = File.ReadAllLines(Path.Combine(task.Path, "classes.txt"));
            foreach (var image in sheet.Where(i => i.Submitted))
                File.WriteAllLines(Path.Combine(task.Path, "images", Path.ChangeExtension(image.File, ".txt")),
                    image.Boxes.Select(b => string.Create(CultureInfo.InvariantCulture, $"{Array.IndexOf(classes, b.Label)} {(b.X + b.W / 2) / 640:0.000000} {(b.Y + b.H / 2) / 480:0.000000} {b.W / 640:0.000000} {b.H / 480:0.000000}")));
            return task.Path;
        }
    }

    /// <summary>A manifest, saved by a spreadsheet with semicolons and a byte order mark.</summary>
    sealed class Folder : Tool
    {
        public override LabellingTool To => LabellingTool.Folder;
        public override bool HasBoxes => false;

        protected override List<SheetImage> Load(LabellingTask task) => [.. File.ReadAllLines(task.Manifest).Skip(1).Select(l => l.Split(',')).Select(f => new SheetImage { File = f[0], Label = f[1].Length > 0 ? f[1] : null, Key = f.Length > 2 ? f[2] : "", Submitted = f[1].Length > 0 })];

        protected override string Save(LabellingTask task, List<SheetImage> sheet)
        {
            var sent = sheet.Exists(i => i.Key.Length > 0);
            File.WriteAllText(task.Manifest, "\uFEFF" + $"Path;Label{(sent ? ";Sent" : "")}\r\n" + string.Concat(sheet.Select(i => $"{i.File};{(i.Label ?? (i.Submitted ? "-" : ""))}{(sent ? ";" + i.Key : "")}\r\n")));
            return task.Manifest;
        }
    }
}
