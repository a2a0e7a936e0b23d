namespace Flywheel.Module.Tests;

/// <summary>An object of every type a cmdlet emits, with values as long as they come.</summary>
static class Samples
{
    const string Long = "a-name-as-long-as-people-make-them-when-nobody-looks";
    static readonly string s_id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
    static readonly string s_path = "/" + string.Join('/', Enumerable.Repeat("folder-with-a-long-name", 8)) + "/" + Long + ".png";
    static readonly DateTimeOffset s_time = new(2027, 1, 31, 18, 5, 9, TimeSpan.Zero);
    static readonly Metric s_metric = new("balanced accuracy", 0.95678, 0.94321, 0.96543, 123456, "GroupBootstrap");
    static readonly ImagePreprocessing s_input = ImagePreprocessing.Raw(1024, 1024, 3);
    static readonly Dictionary<string, int> s_counts = new() { [Long] = 123456, ["another-long-label"] = 654321, ["third"] = 1 };

    static readonly FlywheelImage s_image = new()
    {
        Id = s_id, Path = s_path, Format = "png", Label = Long, Provenance = AnnotationProvenance.Imported, Split = DataSplit.Validation, Bytes = 123456789, Width = 10000, Height = 10000,
        Brightness = 0.123456, Contrast = 0.123456, Sharpness = 12345.6789, Entropy = 7.1234, Colorfulness = 123.456, Tags = new Dictionary<string, string> { ["subject"] = Long, ["glasses"] = "1" },
    };

    static readonly Prediction s_prediction = new()
    {
        Id = Guid.Empty.ToString(), ImageId = s_id, Path = s_path, ModelId = s_id[..16], Label = Long, Confidence = 0.123456, Margin = 0.1234, Entropy = 0.9999,
        Scores = new Dictionary<string, double> { [Long] = 0.6, ["other"] = 0.4 }, Truth = Long, Time = s_time,
    };

    static readonly Feedback s_feedback = new() { Id = Guid.Empty.ToString(), PredictionId = Guid.Empty.ToString(), ImageId = s_id, Verdict = FeedbackVerdict.Wrong, Label = Long, Reason = "glare on the glasses, as always when the sun is low " + Long, Reporter = Long, Time = s_time };

    static readonly AdaptationReport s_adaptation = new()
    {
        Images = 123456, EstimatedPrior = new Dictionary<string, double> { ["closed"] = 0.4, ["open"] = 0.6 }, PriorMethod = "LabelledSample", Coverage = 0.912, Kept = true,
        Reason = "the adapted model agrees with the labelled sample at least as often as the one it started from",
    };

    static readonly Evaluation s_evaluation = new()
    {
        ModelId = s_id[..16], ModelName = Long, Dataset = Long, DatasetVersion = s_id, Split = DataSplit.Validation, N = 1234567, Groups = 123, Excluded = 3,
        Accuracy = s_metric, BalancedAccuracy = s_metric, Auroc = s_metric, CalibrationError = s_metric, LogLoss = s_metric,
        Classes = [new("closed", 600000, s_metric, s_metric, s_metric), new("open", 634567, s_metric, s_metric, s_metric)],
        Confusion = [[590000, 10000], [34567, 600000]], Labels = ["closed", "open"],
    };

    static readonly ModelComparison s_comparison = new()
    {
        Reference = Long, Challenger = Long, Dataset = Long, Split = DataSplit.Test, N = 1234567, Groups = 12, ReferenceAccuracy = s_metric, ChallengerAccuracy = s_metric,
        Difference = new Metric("difference", 0.123, -0.012, 0.234, 1234567, "PairedBootstrap"), Gained = 12345, Lost = 1234, McNemarP = 0.00001, Verdict = ComparisonVerdict.CannotTell,
        Summary = "the challenger is better by 12.3 points, and the interval of the difference excludes zero",
    };

    static readonly RetrainingDecision s_decision = new()
    {
        Id = Guid.Empty.ToString(), ModelId = s_id[..16], ModelName = Long, Time = s_time, Verdict = RetrainingVerdict.LabelFirst, Summary = "Have 320 images labelled first: knowing the accuracy better is worth 123456.78, the labels cost 12345.67.",
        Benefit = new Metric("benefit", 12345.67, -2345.6, 123456.7, 0, "Posterior"), Gain = new Metric("gain", 0.1234, -0.0123, 0.2345, 0, "Posterior"), Advantage = 1234.5, Labels = 123456, AuditValue = 1.2,
        Options = [new(RetrainingVerdict.LabelFirst, 12345.678, 123456, TimeSpan.FromDays(2)), new(RetrainingVerdict.Wait, 23456.789, 0, null), new(RetrainingVerdict.Retrain, double.PositiveInfinity, 0, TimeSpan.Zero)],
        Reasons = [new("cooldown", double.NaN, "0.5 d of the cooldown of 7 d are over."), new("labels", 1234567.8, "123456 new labels beside 1234567 learned from: +12.3 [-1.2, 23.4] points of accuracy by the learning curve of 12 models.")],
        Flips = [new("newLabels", 12, 58, RetrainingVerdict.Retrain, "Retraining pays once 46 more labels are in.")], Costs = new(), Rules = new(), Evidence = new() { Accuracy = s_metric, Missing = [Long, Long] },
        Outcome = new("performance", s_id[..16], s_metric, 1234.5, false, "The training brought +1.2 [-0.3, +2.7] points where +4.5 were expected: less than expected."), Workspace = s_path,
    };

    static readonly PerformanceEstimate s_performance = new()
    {
        ModelId = s_id[..16], ModelName = Long, Window = Long, Reference = Long, Time = s_time, N = 1234567, Audited = 12345, Known = true, Value = 0.923, Low = 0.812, High = 0.967, Method = "ShiftCalibrated",
        Estimates = [s_metric, s_metric], Precision = [s_metric], Spread = 0.123, ShiftStrength = 12.345, DomainAuc = 0.912, MethodError = 0.123, HalfWidth = 0.02, SuggestedAudit = 1234567,
        SuggestedStrata = [new AuditShare(0.5, 0.82, 12345, 0.7, 123)], Warnings = ["the estimates without labels differ by 12 points"], Summary = "the model is right on about 92.3 % of 1,234,567 predictions",
    };

    static readonly DriftTest s_driftTest = new() { Kind = DriftKind.Appearance, Name = Long, Statistic = "Wasserstein", Value = 12345.678, Threshold = 2345.678, P = 0.00014, Flagged = true, Effect = "83.2 → 24 px (−12.1 SD), and more", Psi = 12.345, IndependentP = 1e-30 };

    static readonly TellingImage s_telling = new(12, s_id, s_path, 0.98765);

    static readonly StageResult s_stage = new("adapt", StageStatus.GateFailed, TimeSpan.FromMinutes(12.3), "94.0 % [92.6, 95.2] on field, 0 labels, and a few more words of what was done here", "inputs changed");

    static readonly LoopArm s_arm = new() { Key = Long, Title = Long, Labels = 80, ModelId = s_id[..16], Evaluations = [s_evaluation], TrainingTime = TimeSpan.FromSeconds(83) };

    static readonly Dataset s_dataset = new()
    {
        Name = Long, Workspace = s_path, VersionId = s_id, Images = 1234567, Labelled = 1234567, LabelCounts = s_counts, GroupBy = "subject", Created = s_time,
        SplitCounts = new Dictionary<DataSplit, int> { [DataSplit.Train] = 1234567, [DataSplit.Validation] = 123456, [DataSplit.Test] = 234567 },
    };

    static readonly GateCheck s_check = new()
    {
        Expression = "accuracy[glasses=1, width<=30] >= champion - 0.005 or unclear", Verdict = GateVerdict.CannotTell, Accepted = true, Figure = s_metric, Champion = s_metric, Difference = s_metric, Bound = -0.005, ImagesNeeded = 12345,
        Slices = [new("glasses = 1 and a long value of it that does not end soon", s_metric, GateVerdict.Fail)], Reason = "against the champion +0.0012 [-0.0112, +0.0141], n 1,404; wanted >= -0.005; about 12,000 images would tell if it stays so",
    };

    static readonly GateReport s_gate = new() { ModelId = s_id[..16], ChampionId = s_id[..16], ChampionVersion = 123, Dataset = Long, DatasetVersion = s_id, Split = DataSplit.Validation, N = 1234567, Groups = 123, Learned = 1234, Checks = [s_check, s_check], Time = s_time };

    public static IReadOnlyDictionary<Type, object> All { get; } = new object[]
    {
        new WorkspaceInfo(s_path, 1234567, 12, 123, 123, 123456789012, 3),
        new SampleDataset { Path = s_path, Lab = 1000000, Field = 1000000, FieldTest = 1000000, Subjects = 10000, Seed = 123456, LabManifest = s_path, FieldManifest = s_path, FieldTruth = s_path, FieldTestManifest = s_path, Bytes = 1234567890, Duration = TimeSpan.FromHours(2.5) },
        s_performance,
        s_dataset,
        new DatasetVersion(s_id, Long, 1234567, s_time),
        new DatasetVersionEntry(s_id, Long, DataSplit.Validation),
        new DatasetDifference(s_id, s_id, [], [], [(s_id, "a", "b")], []),
        new ImportResult(s_dataset, 1234567, 1234567, 123, [], TimeSpan.FromMinutes(12)),
        new ExportResult(s_path, s_path, 1234567, 123, 1234567890),
        new LabelConflict(s_id, s_path, Long, Long),
        s_image,
        new Annotation(12345678, s_id, Long, Long, AnnotationProvenance.Reviewed, Long, s_path, s_time),
        new Model
        {
            Id = s_id[..16], Name = Long, Path = s_path, Labels = ["closed", "open"], Preprocessing = s_input, Architecture = "4 stages of 2 convolutions, 16-32-64-128 channels, 292,018 parameters", Preset = "Balanced", Seed = 7, Threads = 2,
            Dataset = Long, DatasetVersion = s_id, AdaptedTo = Long, ParentId = s_id[..16], Temperature = 1.234, Validation = s_metric, ParityError = 1e-5, Adaptation = s_adaptation,
            Curve = [new("train", 30, 0.123, 0.234, 0.956, 1.23), new("adapt", 12, 0.123, double.NaN, double.NaN, 1.23)], TrainingTime = TimeSpan.FromMinutes(75), Created = s_time, Workspace = s_path, Version = 123, Aliases = ["challenger", "production"],
        },
        s_check,
        s_gate,
        new PublishResult
        {
            Alias = Long, Published = true, Version = 124, Replaced = 123, Gate = s_gate, Evaluation = s_evaluation, Forced = true, Reason = Long, Summary = $"'production' points to '{Long}' (v124) now, before to v123, against the gate.",
            Model = new Model { Id = s_id[..16], Name = Long, Path = s_path, Labels = ["closed", "open"], Preprocessing = s_input, Architecture = Long },
        },
        new AliasMove { Alias = Long, From = 123, To = 124, ModelId = s_id[..16], Kind = AliasMoveKind.Publish, Author = Long, Reason = "the old one fails on the new camera, and nobody has the time to wait for more labels", Forced = true, Gate = "{}", Time = s_time },
        new ModelExport(s_path, Long, s_id[..16], 123, 6, 123456789, s_id),
        new EpochRecord("adapt", 12, 0.123, 0.234, 0.956, 1.23),
        s_adaptation,
        s_metric,
        s_evaluation.Classes[0],
        s_evaluation,
        s_comparison,
        s_decision,
        s_prediction with { Feedback = s_feedback, Similarity = 0.98765, Tags = s_image.Tags, Source = PredictionSource.Import },
        s_feedback,
        new PredictionImport
        {
            Path = s_path, Model = new Model { Id = s_id[..16], Name = Long, Path = "", Labels = ["closed", "open"], Preprocessing = ImagePreprocessing.Raw(0, 0, 0), Architecture = "runs elsewhere" }, NewModel = true,
            Added = 12345678, Known = 12345678, Failed = 123456, Images = 12345678, WithoutImage = 12345678, Feedback = 12345678, Dataset = Long, From = s_time, To = s_time, Elapsed = TimeSpan.FromMinutes(12),
        },
        new Failure { Rank = 12345, Image = s_image, Prediction = s_prediction, Known = true, Score = 1, Reason = "is closed, predicted open with 0.931; farther from training than 99 % of it; the rest of a long reason", Group = 12 },
        s_driftTest,
        s_telling,
        new DriftReport
        {
            Model = Long, ModelId = s_id[..16], Verdict = DriftVerdict.CannotTell, Summary = "Production differs from mrl test: " + s_driftTest + "; " + s_driftTest, P = 0.00014, SmallestP = 0.00014,
            Budget = new(1, TimeSpan.FromDays(30), TimeSpan.FromHours(1)), Reference = Long, ReferenceN = 1234567, ReferenceGroups = 1234, From = s_time, To = s_time, WindowN = 123456, WindowGroups = 12345,
            Resampling = "groups, the reference's 1,234 thinned to 1.4 images each, the size of the other's", Tests = [s_driftTest, s_driftTest with { Name = "width", Flagged = false }],
            Notes = ["Tag 'camera' was not compared: only the reference has it."], Telling = [s_telling, s_telling], Time = s_time,
        },
        new SelectedImage(123, s_image, 0.987654, "margin 0.041, in the largest cluster of what production shows and training does not", false),
        new Slice
        {
            Rank = 12, Conditions = [new() { Subject = SliceSubject.Property, Name = "width", UpTo = 30 }, new() { Subject = SliceSubject.Tag, Name = "glasses", Value = Long }, new() { Subject = SliceSubject.Predicted, Name = "predicted", Value = "open" }],
            Text = $"small pictures (width ≤ 30 px) with glasses = {Long}, predicted open: 3100 of 7400 wrong (42 %, 4.6 times the rest)", Support = 7400, Errors = 3100, ErrorRate = s_metric, RateElsewhere = 0.0912, Lift = 4.62,
            P = 1e-9, Q = 0.0123, Confirmed = true, Known = true, Method = "Fisher's exact test, one-sided, counts divided by the design effect of groups", ImageIds = [s_id], ModelId = s_id[..16],
            Note = "'width' alone tells the label of 97 % of the training images", ContactSheetPath = s_path,
        },
        new LabellingTask { Path = s_path, Manifest = s_path, ImageIds = [s_id], Labels = ["closed", "open", Long], AlreadyLabelled = 123456, Missing = 12345, Created = s_time },
        new LoopResult
        {
            RunId = "20270131-180509-eyes-ab12", Name = Long, Definition = s_path, Workspace = s_path, Status = LoopStatus.WaitingForPeople, Message = "waits for 80 labels, which somebody has to give before the loop can go on from here",
            Stages = [s_stage, s_stage with { Name = "evaluate" }], Arms = [s_arm], Before = s_evaluation, After = s_evaluation, Comparison = s_comparison, ReportPath = s_path, Started = s_time, Duration = TimeSpan.FromMinutes(5),
        },
        new LoopRun { Id = "20270131-180509-eyes-ab12", Name = Long, Status = LoopStatus.WaitingForPeople, Message = Long + " " + Long, Definition = s_path, Stages = [s_stage], Started = s_time, Duration = TimeSpan.FromMinutes(5), Path = s_path, Workspace = s_path },
        s_arm,
        new PlannedStage(12, "evaluate", true, "its inputs changed since the run before: " + Long, "judge the model on the hold-out of " + Long, 80, TimeSpan.FromMinutes(3)),
        s_stage,
        new FlywheelEndpoint { Url = "http://[2001:db8:1111:2222:3333:4444:5555:6666]:65535", ProcessId = 4194304, Status = EndpointStatus.NotReady, Alias = Long, Model = Long, ModelId = s_id[..16], Version = 12345, Refusal = "ModelChecksumMismatch", Challenger = Long, Keep = "uncertain:0.85", Retention = TimeSpan.FromDays(30), Started = s_time, LogPath = s_path, Workspace = s_path },
        new FlywheelStudio { Url = "http://[2001:db8:1111:2222:3333:4444:5555:6666]:65535", ProcessId = 4194304, Status = StudioStatus.Stopped, Page = "http://[2001:db8:1111:2222:3333:4444:5555:6666]:65535/studio/label?queue=" + Long, Keyed = true, Started = s_time, LogPath = s_path, Workspace = s_path },
        new LabelQueue { Name = Long, Kind = "labelstudio", Labels = ["closed", "open", Long], Part = AnnotationPart.Boxes, Votes = 20, Path = s_path, Dataset = Long, Author = Long, Created = s_time, Images = 1234567, Done = 123456, Flagged = 12345 },
        new GateSlice(Long, new Metric("accuracy difference", -0.123, -0.456, 0.0891, 12345, "Bootstrap"), GateVerdict.CannotTell),
        new EndpointKey { Id = s_id[..8], Name = Long, Roles = [EndpointRole.Predict, EndpointRole.Feedback, EndpointRole.Review, EndpointRole.Admin], Created = s_time, Expires = s_time, Key = "fwk_01234567_" + s_id[..43] },
    }.ToDictionary(o => o.GetType());
}
