using System.Text;
using System.Text.Json;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Production.Slices;
using Flywheel.Engine.Registry.Gates;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Registry;

/// <summary>
/// The registry: judges models, publishes them as immutable versions, moves aliases. A version's folder is written and flushed first, its record
/// and the alias follow in transactions; a process killed in between leaves a folder nobody knows, which the next publication removes,
/// or a version without alias. Whoever publishes on an outdated view of the alias is refused.
/// </summary>
public static class RegistryService
{
    /// <summary>The alias of the model in use; where it was before is <see cref="Previous"/>.</summary>
    public const string Production = "production";

    /// <summary>What <see cref="Production"/> pointed to before its last move.</summary>
    public const string Previous = "previous";

    /// <summary>The card as JSON.</summary>
    public const string CardName = "card.json";

    /// <summary>The card as Markdown.</summary>
    public const string CardTextName = "card.md";

    /// <summary>Kind of the stored gate reports.</summary>
    const string ReportKind = "gate";

    /// <summary>Judges a model for publication. Changes nothing.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What to publish.</param>
    /// <param name="reporter">Gets progress, warnings and faults of single images.</param>
    /// <param name="token">Obeyed between images and resamples.</param>
    /// <exception cref="FlywheelException">
    /// <c>GateSyntax</c>, <c>GateLabelUnknown</c>, <c>InvalidAliasName</c>, <c>AliasIsKept</c>, <c>ReasonMissing</c>, <c>ModelNotFound</c>, <c>NothingToJudgeOn</c>, <c>NothingToEvaluate</c>,
    /// <c>SplitEmpty</c>, <c>ModelFileMissing</c>, <c>ModelChecksumMismatch</c>.
    /// </exception>
    public static Judgement Judge(Workspace workspace, PublishRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        RegistryNames.DemandAlias(workspace, request.Alias);
        if (request.Alias.Equals(Previous, StringComparison.OrdinalIgnoreCase))
            throw new FlywheelException("AliasIsKept", FaultCategory.InvalidArgument, $"'{Previous}' follows '{Production}' by itself.", request.Alias, $"Publish to '{Production}' or to a name of your own.");
        if (request.Force && string.IsNullOrWhiteSpace(request.Reason))
            throw new FlywheelException("ReasonMissing", FaultCategory.InvalidArgument, "Publishing against a gate needs a reason.", request.Alias, "Say why with -Reason; it is kept in the history.");
        List<GateExpression> demands = [.. request.Gate.Select((text, i) => GateParser.Parse(text, i < request.Origins.Count ? request.Origins[i] : null))];

        var model = workspace.GetModel(request.Model);
        foreach (var demand in demands) GateJudge.DemandNames(demand, model);
        ModelFolder.Verify(model);
        var alias = workspace.Catalogue.FindAlias(request.Alias);
        var champion = alias is null ? null : Champion(workspace, request.Alias, demands.Any(d => d.NamesChampion), reporter);
        var asked = demands.Where(d => champion is not null || !d.NamesChampion).ToList();

        var name = request.Dataset ?? (model.Dataset.Length > 0 ? model.Dataset : null);
        JudgedImages? images = null;
        if (name is not null && (request.Dataset is not null || workspace.Catalogue.FindDataset(name) is not null))
            images = JudgedImages.Load(workspace, model, champion?.Model, workspace.GetDataset(name), request.Split, request.Seed, reporter, token);
        else if (asked.FirstOrDefault(d => d.NeedsImages) is { } needy)
            throw new FlywheelException("NothingToJudgeOn", FaultCategory.InvalidArgument, $"'{needy.Text}' needs labelled images, and {(name is null ? $"'{model.Name}' knows no dataset of its own" : $"its dataset '{name}' is not in this workspace")}.", needy.Text, "Name a dataset to judge on with -Dataset.");
        var times = asked.OfType<FigureDemand>().Any(d => d.Figure.Kind == FigureKind.Latency)
            ? LatencyMeter.Measure(champion is null ? [model] : [model, champion.Model], images!.Images, request.Seed, reporter, token)
            : null;

        var confirmed = champion is not null && asked.OfType<SliceDemand>().Any() && workspace.Catalogue.Reports(SliceFinder.ReportKind, champion.Model.Id) is [.., var latest]
            ? SliceFinder.Read(latest).Where(s => s.Confirmed).ToList()
            : [];
        var judge = new GateJudge(model, champion?.Model, images, times, confirmed, request.CannotTell);
        return new Judgement
        {
            Request = request,
            Model = model,
            Champion = alias?.Version,
            Evaluation = images?.ToEvaluation(),
            Latency = times is null ? [] : [times.Figure(0, 50), times.Figure(0, 95), times.Figure(0, 99)],
            Gate = new GateReport
            {
                ModelId = model.Id,
                ChampionId = alias?.ModelId,
                ChampionVersion = alias?.Version,
                Dataset = images?.Dataset.Name ?? "",
                DatasetVersion = images?.Dataset.VersionId ?? "",
                Split = images?.Split ?? DataSplit.None,
                N = images?.Images.Count ?? 0,
                Groups = images?.GroupCount,
                Learned = images?.Learned ?? 0,
                CannotTell = request.CannotTell,
                Checks = [.. demands.Select(judge.Check)],
                Time = DateTimeOffset.UtcNow,
            },
        };
    }

    /// <summary>What the alias points to. A damaged one, which must be replaced all the more, is only missed where a demand compares with it.</summary>
    static Release? Champion(Workspace workspace, string alias, bool isCompared, IReporter reporter)
    {
        try
        {
            return Resolve(workspace, alias);
        }
        catch (FlywheelException fault) when (!isCompared && fault.ErrorId is "ModelFileMissing" or "ModelChecksumMismatch")
        {
            reporter.Warning($"What '{alias}' points to could not be served any more. {fault.Message}");
            return null;
        }
    }

    /// <summary>
    /// Publishes what was judged: keeps the gate's report, and, if it is allowed, writes the version and moves the alias. Publishing what the
    /// alias points to already changes nothing.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="judgement">What was judged.</param>
    /// <param name="reporter">Hears of the steps.</param>
    /// <param name="token">Obeyed until the version is recorded.</param>
    /// <exception cref="FlywheelException"><c>AliasMovedMeanwhile</c>: somebody moved the alias since the judgement; <c>RegistryBusy</c>; <c>ModelNotWritable</c>; <c>ModelChecksumMismatch</c>.</exception>
    public static PublishResult Publish(Workspace workspace, Judgement judgement, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(judgement);
        ArgumentNullException.ThrowIfNull(reporter);
        var (request, model, gate) = (judgement.Request, judgement.Model, judgement.Gate);
        var json = RegistryJson.Write(gate);
        var now = DateTimeOffset.UtcNow;
        if (gate.Checks.Count > 0) workspace.Catalogue.AddReport(new StoredReport(Guid.CreateVersion7(now).ToString(), ReportKind, model.Id, now, json));
        if (!judgement.Allowed) return judgement.Refused;
        if (judgement.Champion is { } there && gate.ChampionId == model.Id)
            return judgement.Refused with { Published = true, Version = there, Summary = $"'{request.Alias}' points to '{model.Name}' (v{there}) already." };

        var forced = request.Force && gate.Verdict != GateVerdict.Pass;
        ModelVersion version;
        using (RegistryLock.Take(workspace, token))
        {
            RemoveStrangers(workspace);
            var known = workspace.Catalogue.ModelVersions().LastOrDefault(v => v.ModelId == model.Id);
            if (known is not null) SealedFolder.Verify(known.Path, $"Version {known.Number} of '{model.Name}'", ModelFolder.OnnxName);
            else WriteFolder(workspace, judgement, now);
            reporter.Verbose("The version's folder is written.");
            token.ThrowIfCancellationRequested();
            version = known ?? workspace.Catalogue.AddModelVersion(new ModelVersion
            {
                Name = model.Name,
                ModelId = model.Id,
                Path = FolderOf(workspace, model.Id),
                DatasetVersion = model.DatasetVersion,
                Author = request.Author,
                Published = now,
            });
            reporter.Verbose("The version is recorded.");
            try
            {
                workspace.Catalogue.MoveAliases(Moves(workspace, new AliasMove
                {
                    Alias = request.Alias,
                    From = judgement.Champion,
                    To = version.Number,
                    ModelId = model.Id,
                    Kind = AliasMoveKind.Publish,
                    Author = request.Author,
                    Reason = request.Reason ?? "",
                    Forced = forced,
                    Gate = gate.Checks.Count > 0 ? json : null,
                    Time = now,
                }));
            }
            catch (FlywheelException e) when (e.ErrorId == "AliasMovedMeanwhile" && known is null)
            {
                workspace.Catalogue.RemoveModelVersion(version.Number);
                Directory.Delete(version.Path, true);
                throw;
            }
            reporter.Verbose("The alias is moved.");
        }
        return judgement.Refused with
        {
            Model = Of(workspace, version),
            Published = true,
            Version = version.Number,
            Replaced = judgement.Champion,
            Forced = forced,
            Summary = $"'{request.Alias}' points to '{model.Name}' (v{version.Number}) now{(judgement.Champion is { } before ? $", before to v{before}" : "")}{(forced ? ", against the gate" : "")}.",
        };
    }

    /// <summary>Puts an alias back to an earlier version, or to any other.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="alias">The alias.</param>
    /// <param name="version">The version; null for the one it pointed to before.</param>
    /// <param name="reason">Why, in the user's words.</param>
    /// <param name="author">Who; the system's user when null.</param>
    /// <exception cref="FlywheelException"><c>AliasNotFound</c>, <c>NothingToRestore</c>, <c>ModelVersionNotFound</c>, <c>ModelChecksumMismatch</c>, <c>ModelFileMissing</c>, <c>AliasMovedMeanwhile</c>.</exception>
    public static AliasMove Restore(Workspace workspace, string alias, int? version = null, string? reason = null, string? author = null)
    {
        var move = PlanRestore(workspace, alias, version) with { Author = author ?? DatasetNames.User, Reason = reason ?? "", Time = DateTimeOffset.UtcNow };
        if (move.From != move.To) workspace.Catalogue.MoveAliases(Moves(workspace, move));
        return move;
    }

    /// <summary>What <see cref="Restore"/> would do.</summary>
    public static AliasMove PlanRestore(Workspace workspace, string alias, int? version = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrWhiteSpace(alias);
        var now = workspace.Catalogue.FindAlias(alias) ?? throw AliasNotFound(workspace, alias);
        var there = workspace.Catalogue.ModelVersions().Select(v => v.Number).ToHashSet();
        var to = version ?? workspace.Catalogue.AliasMoves(alias).LastOrDefault(m => m.To == now.Version && m.From is not null)?.From
            ?? throw new FlywheelException("NothingToRestore", FaultCategory.InvalidOperation, $"'{alias}' has pointed to no version but v{now.Version}.", alias, "Name a version with -Version; Get-FlywheelModel lists them.");
        if (!there.Contains(to)) throw new FlywheelException("ModelVersionNotFound", FaultCategory.NotFound, $"There is no version {to} in the registry.", to, "List versions with Get-FlywheelModel.");
        var release = Resolve(workspace, $"v{to}");
        return new AliasMove { Alias = now.Name, From = now.Version, To = to, ModelId = release.Model.Id, Kind = AliasMoveKind.Restore, Author = "" };
    }

    /// <summary>
    /// The version an alias (or <c>v3</c>, <c>production@3</c>) names, every file of it checked. Ask the catalogue's <see cref="ICatalogue.FindAlias"/>, which costs
    /// next to nothing, whether an alias has moved, and this only when it has.
    /// </summary>
    /// <exception cref="FlywheelException"><c>AliasNotFound</c>; <c>ModelVersionNotFound</c>; <c>ModelFileMissing</c>, <c>ModelFileUnreadable</c>, <c>ModelChecksumMismatch</c>: the target is the file.</exception>
    public static Release Resolve(Workspace workspace, string alias)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrWhiteSpace(alias);
        var version = RegistryNames.Find(workspace, alias) ?? throw AliasNotFound(workspace, alias);
        var model = Of(workspace, version);
        SealedFolder.Verify(version.Path, $"Version {version.Number} of '{version.Name}'", ModelFolder.OnnxName);
        ModelFolder.ReadOnnx(model); // checksums could have been made anew, the id could not
        return new Release(version, model);
    }

    /// <summary>The model of a version, in the version's own folder.</summary>
    internal static Model Of(Workspace workspace, ModelVersion version)
    {
        var model = workspace.Catalogue.FindModel(version.ModelId) ?? throw new FlywheelException("ModelNotFound", FaultCategory.NotFound, $"The model '{version.Name}' ({version.ModelId}) of version {version.Number} is not in the catalogue.", version.ModelId, "Import it again with Import-FlywheelModel.");
        return Describe(workspace, model with { Name = version.Name, Path = version.Path });
    }

    /// <summary>A model with its version and aliases filled in.</summary>
    internal static Model Describe(Workspace workspace, Model model)
    {
        var aliases = workspace.Catalogue.Aliases().Where(a => a.ModelId == model.Id).ToList();
        return model with { Version = workspace.Catalogue.ModelVersions().LastOrDefault(v => v.ModelId == model.Id)?.Number, Aliases = [.. aliases.Select(a => a.Name)] };
    }

    /// <summary>All models with their versions and aliases, oldest first.</summary>
    public static IReadOnlyList<Model> Models(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var versions = workspace.Catalogue.ModelVersions().GroupBy(v => v.ModelId).ToDictionary(g => g.Key, g => g.Last().Number);
        var aliases = workspace.Catalogue.Aliases().ToLookup(a => a.ModelId, a => a.Name);
        return [.. workspace.Catalogue.Models().Select(m => m with { Version = versions.TryGetValue(m.Id, out var number) ? number : null, Aliases = [.. aliases[m.Id]] })];
    }

    /// <summary>The moves of an alias, also of one that was taken away, or of all; oldest first.</summary>
    /// <exception cref="FlywheelException"><c>AliasNotFound</c>: there never was such an alias.</exception>
    public static IReadOnlyList<AliasMove> History(Workspace workspace, string? alias = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var moves = workspace.Catalogue.AliasMoves(alias);
        return alias is null || moves.Count > 0 ? moves : throw AliasNotFound(workspace, alias);
    }

    /// <summary>Takes an alias away; its history stays.</summary>
    /// <exception cref="FlywheelException"><c>AliasNotFound</c>, <c>AliasMovedMeanwhile</c>.</exception>
    public static AliasMove RemoveAlias(Workspace workspace, string alias, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var now = workspace.Catalogue.FindAlias(alias) ?? throw AliasNotFound(workspace, alias);
        var move = new AliasMove { Alias = now.Name, From = now.Version, Kind = AliasMoveKind.Remove, Author = DatasetNames.User, Reason = reason ?? "", Time = DateTimeOffset.UtcNow };
        workspace.Catalogue.MoveAliases([move]);
        return move;
    }

    /// <summary>
    /// Removes a model: its versions, its folder, its scores and its record. Predictions and the history keep its id. A model others continued
    /// from may go, since they are complete without it.
    /// </summary>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>; <c>ModelVersionInUse</c>: an alias points to it, nothing is removed; <c>ModelNotRemovable</c>: a file cannot be deleted.</exception>
    public static Model RemoveModel(Workspace workspace, string key)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var model = workspace.GetModel(key);
        if (model.Aliases.Count > 0)
            throw new FlywheelException("ModelVersionInUse", FaultCategory.InvalidOperation, $"'{model.Name}' (v{model.Version}) cannot be removed: {string.Join(" and ", model.Aliases)} point{(model.Aliases.Count == 1 ? "s" : "")} to it.", key,
                "Publish or restore another version under that alias first, or take the alias away with Remove-FlywheelModel -Alias.");
        using (RegistryLock.Take(workspace, CancellationToken.None))
        {
            List<string> folders = [.. workspace.Catalogue.ModelVersions().Where(v => v.ModelId == model.Id).Select(v => v.Path), .. workspace.Catalogue.Models().Where(m => m.Id == model.Id).Select(m => m.Path), Path.Combine(workspace.EmbeddingsPath, model.Id)];
            workspace.Catalogue.RemoveModel(model.Id);
            foreach (var folder in folders.Distinct(StringComparer.Ordinal).Where(Directory.Exists))
            {
                try
                {
                    Directory.Delete(folder, true);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new FlywheelException("ModelNotRemovable", FaultCategory.WriteError, $"'{model.Name}' is forgotten, but its folder '{folder}' cannot be deleted: {e.Message}", folder, "Delete the folder by hand.", inner: e);
                }
            }
        }
        return model;
    }

    static string FolderOf(Workspace workspace, string modelId) => Path.Combine(workspace.RegistryPath, modelId);

    static void WriteFolder(Workspace workspace, Judgement judgement, DateTimeOffset now)
    {
        var (request, model) = (judgement.Request, judgement.Model);
        ModelFolder.Verify(model);
        var card = new ModelCard
        {
            Alias = request.Alias,
            Model = RegistryJson.Portable(model),
            Lineage = Lineage(workspace, model),
            Evaluation = judgement.Evaluation,
            Gate = judgement.Gate,
            Latency = judgement.Latency,
            Bytes = new FileInfo(model.OnnxPath).Length,
            Machine = Machine.Describe(),
            Author = request.Author,
            Reason = request.Reason,
            Published = now,
        };
        SealedFolder.Write(FolderOf(workspace, model.Id), folder =>
        {
            // A card the model brought along from elsewhere gives way to this one.
            foreach (var name in SealedFolder.Names(model.Path).Where(n => n is not (CardName or CardTextName))) SealedFolder.WriteFile(Path.Combine(folder, name), File.ReadAllBytes(Path.Combine(model.Path, name)));
            SealedFolder.WriteFile(Path.Combine(folder, CardName), JsonSerializer.SerializeToUtf8Bytes(card, RegistryJson.Options));
            SealedFolder.WriteFile(Path.Combine(folder, CardTextName), Encoding.UTF8.GetBytes(CardText.Write(card)));
        });
    }

    /// <summary>Folders no version knows: of publishers that were killed. Only under the lock.</summary>
    static void RemoveStrangers(Workspace workspace)
    {
        var known = workspace.Catalogue.ModelVersions().Select(v => Path.GetFileName(v.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(workspace.RegistryPath))
            if (!known.Contains(Path.GetFileName(folder))) Directory.Delete(folder, true);
    }

    static List<string> Lineage(Workspace workspace, Model model)
    {
        var lineage = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { model.Id };
        for (var id = model.ParentId; id is not null && seen.Add(id);)
        {
            var parent = workspace.Catalogue.FindModel(id);
            lineage.Add(parent?.ToString() ?? id);
            id = parent?.ParentId;
        }
        return lineage;
    }

    /// <summary>The move itself, and with it that of <see cref="Previous"/>.</summary>
    static List<AliasMove> Moves(Workspace workspace, AliasMove move)
    {
        List<AliasMove> moves = [move];
        if (!move.Alias.Equals(Production, StringComparison.OrdinalIgnoreCase) || move.From is not { } before) return moves;
        var previous = workspace.Catalogue.FindAlias(Previous);
        if (previous?.Version != before)
            moves.Add(move with { Alias = Previous, From = previous?.Version, To = before, ModelId = workspace.Catalogue.ModelVersions().First(v => v.Number == before).ModelId, Reason = $"{Production} moved", Forced = false, Gate = null });
        return moves;
    }

    static FlywheelException AliasNotFound(Workspace workspace, string alias) =>
        new("AliasNotFound", FaultCategory.NotFound, $"There is no alias or version '{alias}' in the workspace '{workspace.Root}'.", alias,
            workspace.Catalogue.Aliases() is { Count: > 0 } some ? $"Aliases here: {string.Join(", ", some.Select(a => a.Name))}." : "Publish a model with Publish-FlywheelModel.");
}
