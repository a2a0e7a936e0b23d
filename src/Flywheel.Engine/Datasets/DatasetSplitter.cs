using System.Globalization;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Splits a dataset into training, validation and test: grouped, stratified, seeded, and sticky. What has a split keeps it; a new
/// image of a known group follows its group. Machine-made labels only ever train.
/// </summary>
public static class DatasetSplitter
{
    const int FewImages = 20;
    const int FewGroups = 3;
    const double FarFromWanted = 0.05;

    static readonly DataSplit[] s_splits = [DataSplit.Train, DataSplit.Validation, DataSplit.Test];

    /// <summary>Splits the dataset and records the version it then has.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>, <c>InvalidSplitShares</c>, <c>NothingToSplit</c>, <c>TagNotFound</c>
    /// (no image has the tag to group or stratify by), <c>GroupNotFound</c>, <c>GroupNamedTwice</c>, <c>GroupsWithoutTag</c>,
    /// <c>GroupingDiffers</c> (it was split by another tag before), <c>SplitIsSticky</c> (a named group is elsewhere already).</exception>
    public static Dataset Split(Workspace workspace, SplitRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var (plan, assign, groupBy, images) = Compute(workspace, request, reporter, cancelToken);
        workspace.Catalogue.AssignSplits(plan.Dataset, assign, groupBy);
        Warn(plan, request, groupBy, reporter);
        WarnOfLeakage([.. images.Select(i => assign.TryGetValue(i.Id, out var split) ? i with { Split = split } : i)], reporter, cancelToken);
        workspace.Catalogue.Snapshot(plan.Dataset);
        return workspace.GetDataset(plan.Dataset);
    }

    /// <summary>Says what <see cref="Split"/> would do.</summary>
    /// <exception cref="FlywheelException">As <see cref="Split"/>.</exception>
    public static SplitPlan Plan(Workspace workspace, SplitRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        return Compute(workspace, request, reporter, cancelToken).Plan;
    }

    static (SplitPlan Plan, Dictionary<string, DataSplit> Assign, string? GroupBy, List<FlywheelImage> Images) Compute(Workspace workspace, SplitRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        var dataset = workspace.GetDataset(request.Dataset);
        ValidateShares(request);
        var groupBy = GroupByOf(request, dataset);
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }).ToList();
        if (!images.Exists(i => i.Label is not null || request.IncludeUnlabelled))
            throw new FlywheelException("NothingToSplit", FaultCategory.InvalidOperation, $"The dataset '{dataset.Name}' has no labelled images.", dataset.Name, "Label some with Set-FlywheelAnnotation, or split unlabelled images as well with -IncludeUnlabeled.");
        RequireTag(images, groupBy, "group");
        if (request.Stratify is { } by && !by.Equals("label", StringComparison.OrdinalIgnoreCase)) RequireTag(images, by, "stratify");

        var groups = Groups(images, groupBy, request.KeepDuplicatesTogether, reporter, cancelToken);
        var forced = Forced(request, groupBy, images);

        // Strata of the images that count; those that get no split do not.
        var strata = new Dictionary<string, int>(StringComparer.Ordinal);
        var stratum = images.ConvertAll(i => request.Stratify is null ? 0 : Number(strata, StratumOf(i, request.Stratify)));
        bool Counts(int i) => (images[i].Label is not null || request.IncludeUnlabelled) && images[i].Provenance != AnnotationProvenance.Auto;

        var optimiser = new SplitOptimiser(Wanted(request, groupBy, forced, images, Counts), Math.Max(1, strata.Count));
        var splitOfGroup = new DataSplit[groups.Count];
        var free = new List<int>();
        var torn = 0;
        for (var g = 0; g < groups.Count; g++)
        {
            var present = groups[g].Members.Where(i => images[i].Split != DataSplit.None).CountBy(i => images[i].Split).OrderByDescending(c => c.Value).ThenBy(c => c.Key).ToList();
            if (present.Count > 1) torn++;
            var named = groups[g].Keys.Select(k => forced.GetValueOrDefault(k)).Where(s => s != DataSplit.None).Distinct().ToList();
            if (present.Count > 0 && named.Count > 0 && named.Exists(n => n != present[0].Key))
                throw new FlywheelException("SplitIsSticky", FaultCategory.InvalidOperation,
                    $"The group '{groups[g].Keys[0]}' of '{dataset.Name}' is in {present[0].Key} and cannot move to {named[0]}: results before and after would not compare.", groups[g].Keys[0], "Make a new dataset if another split is needed.");
            if (named.Count > 1)
                throw new FlywheelException("GroupNamedTwice", FaultCategory.InvalidArgument, $"The near-identical groups {string.Join(", ", groups[g].Keys)} are to go to different splits.", groups[g].Keys[0], "Name them for one split, or leave -KeepDuplicatesTogether out.");
            splitOfGroup[g] = present.Count > 0 ? present[0].Key : named.Count > 0 ? named[0]
                : groups[g].Members.TrueForAll(i => !Counts(i)) ? DataSplit.Train : DataSplit.None;
            if (splitOfGroup[g] == DataSplit.None)
            {
                free.Add(g);
                optimiser.AddGroup(groups[g].Members.Where(Counts).CountBy(i => stratum[i]));
            }
            else
            {
                foreach (var i in groups[g].Members.Where(Counts))
                    optimiser.AddFixed(Array.IndexOf(s_splits, images[i].Split != DataSplit.None ? images[i].Split : splitOfGroup[g]), stratum[i], 1);
            }
        }
        if (torn > 0) reporter.Warning($"{torn} groups of '{dataset.Name}' are in more than one split already; their new images follow the greater part.");
        var solved = optimiser.Solve(request.Seed, cancelToken);
        for (var f = 0; f < free.Count; f++) splitOfGroup[free[f]] = s_splits[solved[f]];

        var assign = new Dictionary<string, DataSplit>(StringComparer.Ordinal);
        var final = new DataSplit[images.Count];
        var machine = 0;
        for (var g = 0; g < groups.Count; g++)
        {
            foreach (var i in groups[g].Members)
            {
                final[i] = images[i].Split;
                if (final[i] != DataSplit.None || images[i].Label is null && !request.IncludeUnlabelled) continue;
                if (images[i].Provenance == AnnotationProvenance.Auto && splitOfGroup[g] != DataSplit.Train)
                {
                    machine++;
                    continue;
                }
                final[i] = assign[images[i].Id] = splitOfGroup[g];
            }
        }
        if (machine > 0) reporter.Warning($"{machine} images labelled by a machine stay without a split: their groups are in validation or test, where only labels of people count.");

        var all = Enumerable.Range(0, images.Count).Where(i => final[i] != DataSplit.None).ToList();
        var plan = new SplitPlan(dataset.Name, assign.Count, all.Count - assign.Count, images.Count - all.Count,
            BySplit(all.CountBy(i => final[i])),
            BySplit(groups.SelectMany(g => g.Members.Select(i => final[i]).Where(s => s != DataSplit.None).Distinct()).CountBy(s => s)),
            new SortedDictionary<string, IReadOnlyDictionary<DataSplit, int>>(all.Where(i => images[i].Label is not null).GroupBy(i => images[i].Label!)
                .ToDictionary(l => l.Key, IReadOnlyDictionary<DataSplit, int> (l) => BySplit(l.CountBy(i => final[i]))), StringComparer.Ordinal));
        return (plan, assign, groupBy, images);
    }

    static SortedDictionary<DataSplit, int> BySplit(IEnumerable<KeyValuePair<DataSplit, int>> counts)
    {
        var result = new SortedDictionary<DataSplit, int> { [DataSplit.Train] = 0, [DataSplit.Validation] = 0, [DataSplit.Test] = 0 };
        foreach (var (split, count) in counts) result[split] = count;
        return result;
    }

    static string? GroupByOf(SplitRequest request, Dataset dataset)
    {
        var isSplit = dataset.SplitCounts.Any(s => s.Key != DataSplit.None && s.Value > 0);
        if (request.GroupBy is null) return dataset.GroupBy;
        if (isSplit && dataset.GroupBy is { } before && !before.Equals(request.GroupBy, StringComparison.OrdinalIgnoreCase))
            throw new FlywheelException("GroupingDiffers", FaultCategory.InvalidOperation, $"The dataset '{dataset.Name}' was split by '{before}' and cannot be split on by '{request.GroupBy}': its splits would share groups.", request.GroupBy,
                $"Split by '{before}', or make a new dataset.");
        return request.GroupBy;
    }

    static void ValidateShares(SplitRequest request)
    {
        double[] shares = [request.Train, request.Validation, request.Test];
        if (shares.Any(s => double.IsNaN(s) || s < 0) || Math.Abs(shares.Sum() - 1) > 1e-6)
            throw new FlywheelException("InvalidSplitShares", FaultCategory.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"The shares {request.Train}, {request.Validation} and {request.Test} of training, validation and test do not add up to 1."), shares.Sum(), "Give shares between 0 and 1 that add up to 1.");
    }

    static void RequireTag(List<FlywheelImage> images, string? tag, string what)
    {
        if (tag is null || images.Exists(i => i.Tags.ContainsKey(tag))) return;
        var tags = images.SelectMany(i => i.Tags.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        var near = NearestName.Of(tag, tags);
        throw new FlywheelException("TagNotFound", FaultCategory.NotFound, $"No image has a tag '{tag}' to {what} by.", tag,
            tags.Count == 0 ? "The images have no tags; bring some in with -NamePattern or a CSV manifest." : $"Tags here: {string.Join(", ", tags)}.{(near is null ? "" : $" Did you mean '{near}'?")}");
    }

    static Dictionary<string, DataSplit> Forced(SplitRequest request, string? groupBy, List<FlywheelImage> images)
    {
        var forced = new Dictionary<string, DataSplit>(StringComparer.OrdinalIgnoreCase);
        HashSet<string>? known = null;
        foreach (var (split, names) in new[] { (DataSplit.Train, request.TrainGroups), (DataSplit.Validation, request.ValidationGroups), (DataSplit.Test, request.TestGroups) })
        {
            foreach (var name in names)
            {
                if (groupBy is null)
                    throw new FlywheelException("GroupsWithoutTag", FaultCategory.InvalidArgument, $"The group '{name}' is named, but not the tag it is a value of.", name, "Name the tag with -GroupBy.");
                known ??= images.Select(i => i.Tags.GetValueOrDefault(groupBy)).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
                if (!known.Contains(name))
                    throw new FlywheelException("GroupNotFound", FaultCategory.NotFound, $"No image has the {groupBy} '{name}'.", name,
                        $"Values of '{groupBy}': {string.Join(", ", known.Order(StringComparer.Ordinal).Take(30))}{(known.Count > 30 ? ", …" : "")}.");
                if (!forced.TryAdd(name, split) && forced[name] != split)
                    throw new FlywheelException("GroupNamedTwice", FaultCategory.InvalidArgument, $"The group '{name}' is to go to {forced[name]} and to {split}.", name, "Name it once.");
            }
        }
        return forced;
    }

    /// <summary>The shares free groups are assigned by. A split whose groups are named gets no others, and the rest share what is left.</summary>
    static double[] Wanted(SplitRequest request, string? groupBy, Dictionary<string, DataSplit> forced, List<FlywheelImage> images, Func<int, bool> counts)
    {
        double[] wanted = [request.Train, request.Validation, request.Test];
        bool[] closed = [false, request.ValidationGroups.Count > 0, request.TestGroups.Count > 0];
        if (!closed.Contains(true)) return wanted;
        int all = 0, inClosed = 0;
        for (var i = 0; i < images.Count; i++)
        {
            if (!counts(i)) continue;
            all++;
            var split = images[i].Split != DataSplit.None ? images[i].Split
                : images[i].Tags.TryGetValue(groupBy!, out var key) ? forced.GetValueOrDefault(key) : DataSplit.None;
            if (split != DataSplit.None && closed[Array.IndexOf(s_splits, split)]) inClosed++;
        }
        var open = wanted.Where((_, s) => !closed[s]).Sum();
        if (open <= 0)
            throw new FlywheelException("InvalidSplitShares", FaultCategory.InvalidArgument, "Groups are named for a split and every other split has a share of 0.", open, "Give training a share.");
        for (var s = 0; s < wanted.Length; s++) wanted[s] = closed[s] ? 0 : wanted[s] / open * (all - inClosed) / Math.Max(1, all);
        return wanted;
    }

    static int Number(Dictionary<string, int> numbers, string key)
    {
        if (!numbers.TryGetValue(key, out var n)) numbers[key] = n = numbers.Count;
        return n;
    }

    static string StratumOf(FlywheelImage image, string stratify) =>
        stratify.Equals("label", StringComparison.OrdinalIgnoreCase) ? image.Label ?? "" : image.Tags.GetValueOrDefault(stratify, "");

    static List<(List<string> Keys, List<int> Members)> Groups(List<FlywheelImage> images, string? groupBy, bool joinDuplicates, IReporter reporter, CancellationToken cancelToken)
    {
        var parent = Enumerable.Range(0, images.Count).ToArray();
        int Root(int i)
        {
            while (parent[i] != i) i = parent[i] = parent[parent[i]];
            return i;
        }
        var first = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var untagged = 0;
        for (var i = 0; i < images.Count && groupBy is not null; i++)
        {
            if (!images[i].Tags.TryGetValue(groupBy, out var key)) untagged++;
            else if (!first.TryAdd(key, i)) parent[Root(i)] = Root(first[key]);
        }
        if (untagged > 0) reporter.Warning($"{untagged} images have no tag '{groupBy}'; each is a group of its own.");
        if (joinDuplicates)
        {
            new NearDuplicates(images).Pairs((i, j) => parent[Root(j)] = Root(i), cancelToken);
        }
        var groups = new Dictionary<int, (List<string> Keys, List<int> Members)>();
        for (var i = 0; i < images.Count; i++)
        {
            var root = Root(i);
            if (!groups.TryGetValue(root, out var group)) groups[root] = group = ([], []);
            group.Members.Add(i);
            if (groupBy is not null && images[i].Tags.TryGetValue(groupBy, out var key) && !group.Keys.Contains(key, StringComparer.OrdinalIgnoreCase)) group.Keys.Add(key);
        }
        // Ordered by content, so that neither import order nor names of folders play a part in what the seed does.
        return [.. groups.Values.OrderBy(g => g.Members.Min(i => images[i].Id, StringComparer.Ordinal), StringComparer.Ordinal)];
    }

    static string? Min(this IEnumerable<int> members, Func<int, string> key, StringComparer comparer) => members.Select(key).Order(comparer).FirstOrDefault();

    static void Warn(SplitPlan plan, SplitRequest request, string? groupBy, IReporter reporter)
    {
        double total = Math.Max(1, plan.Images.Values.Sum());
        foreach (var (split, wanted) in new[] { (DataSplit.Train, request.Train), (DataSplit.Validation, request.Validation), (DataSplit.Test, request.Test) })
        {
            if (wanted <= 0 && plan.Images[split] == 0) continue;
            var share = plan.Images[split] / total;
            if (Math.Abs(share - wanted) > FarFromWanted && request.TestGroups.Count + request.ValidationGroups.Count + request.TrainGroups.Count == 0)
                reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{split} of '{plan.Dataset}' has {share:P0} of the images, not {wanted:P0}: whole groups, and what was split before, allow no better."));
            if (groupBy is not null && plan.Groups[split] < FewGroups)
                reporter.Warning($"{split} of '{plan.Dataset}' has only {plan.Groups[split]} {(plan.Groups[split] == 1 ? "group" : "groups")} by '{groupBy}': figures from it say little about others.");
            foreach (var (label, counts) in plan.Labels)
            {
                if (counts[split] == 0) reporter.Warning($"{split} of '{plan.Dataset}' has no image labelled '{label}'.");
                else if (counts[split] < FewImages) reporter.Warning($"{split} of '{plan.Dataset}' has only {counts[split]} {(counts[split] == 1 ? "image" : "images")} labelled '{label}'.");
            }
        }
    }

    static void WarnOfLeakage(List<FlywheelImage> images, IReporter reporter, CancellationToken cancelToken)
    {
        var twins = new Dictionary<int, int>(); // each image of validation and test that has one, the test image of a pair of both
        new NearDuplicates(images).Pairs((i, j) =>
        {
            if (images[i].Split == images[j].Split || images[i].Split == DataSplit.None || images[j].Split == DataSplit.None) return;
            var (held, twin) = images[i].Split > images[j].Split ? (i, j) : (j, i);
            if (!twins.TryGetValue(held, out var known) || images[twin].Split < images[known].Split) twins[held] = twin;
        }, cancelToken);
        var leaks = twins.OrderBy(t => t.Key).Select(t => (Image: t.Key, Twin: t.Value)).ToList();
        if (leaks.Count == 0) return;
        var examples = leaks.Take(3).Select(l => $"{images[l.Image].Name} ({images[l.Image].Split}) and {images[l.Twin].Name} ({images[l.Twin].Split})");
        reporter.Warning($"{leaks.Count} images of validation and test have a near-identical image in another split, so scores will look better than they are: {string.Join("; ", examples)}{(leaks.Count > 3 ? "; …" : "")}. Group by what they share with -GroupBy, or use -KeepDuplicatesTogether on a dataset not split yet.");
    }
}
