namespace Flywheel;

/// <summary>
/// The workspace's store. Every call that writes is one transaction: it happens wholly or not at all. Instances are safe to use
/// from several threads; several processes may use one workspace at once.
/// </summary>
public interface ICatalogue : IDisposable
{
    // ---- images

    /// <summary>
    /// Adds measured files to a dataset (made on first use): image, source path, tags, imported label, membership. Idempotent;
    /// equal bytes under two paths are one image with two sources. An imported label never overwrites a label the image already has:
    /// a differing one is returned as a conflict.
    /// </summary>
    AddImagesResult AddImages(string dataset, IReadOnlyList<ImageRecord> images, string author);

    /// <summary>Source files under a folder the catalogue has seen, by absolute path.</summary>
    IReadOnlyDictionary<string, KnownFile> KnownFiles(string folder);

    /// <summary>Streams images in stable order (by import order). The caller may stop at any time.</summary>
    IEnumerable<FlywheelImage> Images(ImageQuery query);

    /// <summary>Finds one image by id, unambiguous id prefix (at least six digits) or source path; null if there is none.</summary>
    FlywheelImage? FindImage(string idOrPath);

    /// <summary>Replaces the path of images whose bytes the workspace now owns.</summary>
    void SetOwnedPaths(IReadOnlyDictionary<string, string> pathByImageId);

    /// <summary>Forgets files that are no more. An image keeps another of its sources, or becomes one whose picture was not kept.</summary>
    void ForgetFiles(IReadOnlyCollection<string> paths);

    /// <summary>One page of images with their newest predictions. Pages hang on the last image, not on a count, so that none is missed or shown twice when images are added or labelled meanwhile.</summary>
    /// <exception cref="FlywheelException"><c>SplitNeedsDataset</c>, <c>InvalidPropertyCondition</c>, <c>InvalidOrder</c>, <c>InvalidPage</c>.</exception>
    ImagePage Browse(ImageBrowse query);

    /// <summary>How many images all pages hold.</summary>
    /// <exception cref="FlywheelException">As <see cref="Browse"/>.</exception>
    int CountImages(ImageBrowse query);

    /// <summary>Where an image comes from and what it is used for.</summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>.</exception>
    ImageUse UseOf(string imageId);

    // ---- annotations

    /// <summary>
    /// Appends to the ledger and moves the current labels, boxes and exclusions. A change to what an image already has, by the same kind of
    /// source, adds nothing; unless a person confirms what another person said, which is an entry with equal old and new.
    /// </summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>EmptyLabel</c>, <c>InvalidBox</c>; nothing is recorded.</exception>
    IReadOnlyList<Annotation> Annotate(IReadOnlyList<AnnotationChange> changes);

    /// <summary>
    /// Takes entries back, newest first, by new entries that restore what was before. A suggestion or a queue's image that an entry came from
    /// is open again.
    /// </summary>
    /// <exception cref="FlywheelException"><c>AnnotationNotFound</c>; <c>AnnotationIsUndo</c>; <c>AnnotationAlreadyUndone</c>;
    /// <c>AnnotationChangedMeanwhile</c>: a later entry stands on it. Nothing is recorded.</exception>
    IReadOnlyList<Annotation> Undo(IReadOnlyCollection<long> sequences, string author);

    /// <summary>The ledger, oldest first, of one image or of all.</summary>
    IEnumerable<Annotation> Annotations(string? imageId = null);

    /// <summary>Imports that gave an image another label than it had, of a dataset or of all, oldest first.</summary>
    IReadOnlyList<LabelConflict> LabelConflicts(string? dataset = null);

    // ---- suggestions

    /// <summary>Records suggestions; one that is there already, whatever became of it, adds nothing. Returns how many were new.</summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>; nothing is recorded.</exception>
    int AddSuggestions(IReadOnlyList<Suggestion> suggestions);

    /// <summary>Streams suggestions, best score first.</summary>
    IEnumerable<Suggestion> Suggestions(SuggestionQuery query);

    /// <summary>How many suggestions of each reason are in each state, by reason; of a dataset or of all.</summary>
    IReadOnlyList<SuggestionCount> CountSuggestions(string? dataset = null);

    /// <summary>Decides suggestions: all of them, or none. An accepted or edited one becomes a ledger entry of the kind Reviewed.</summary>
    /// <exception cref="FlywheelException"><c>SuggestionNotFound</c>; <c>SuggestionDecided</c>: somebody was faster; <c>SuggestionStale</c>.</exception>
    IReadOnlyList<Suggestion> Decide(IReadOnlyList<SuggestionVerdict> verdicts);

    /// <summary>Takes verdicts back: the suggestions are open again, and what their verdict changed is as before.</summary>
    /// <exception cref="FlywheelException"><c>SuggestionNotFound</c>; <c>SuggestionOpen</c>; those of <see cref="Undo"/>.</exception>
    IReadOnlyList<Suggestion> UndoVerdicts(IReadOnlyCollection<string> suggestionIds, string author);

    // ---- queues

    /// <summary>Records a queue and its images, each once.</summary>
    /// <exception cref="FlywheelException"><c>QueueExists</c>; <c>ImageNotFound</c>.</exception>
    LabelQueue AddQueue(LabelQueue queue, IReadOnlyList<QueueItem> items);

    /// <summary>All queues, oldest first.</summary>
    IReadOnlyList<LabelQueue> Queues();

    /// <summary>The queue of that name, or null.</summary>
    LabelQueue? FindQueue(string name);

    /// <summary>The images of a queue by place, with what became of each.</summary>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>.</exception>
    IReadOnlyList<QueueItem> QueueItems(string name);

    /// <summary>
    /// Gives a person the next images of a queue, those that are theirs already first. An image goes to no more people at once than shall
    /// answer it, and to nobody twice.
    /// </summary>
    /// <param name="name">The queue.</param>
    /// <param name="who">The person.</param>
    /// <param name="count">At most this many.</param>
    /// <param name="until">Until when they are theirs alone, UTC.</param>
    /// <param name="skipped">Also those the person passed on before.</param>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>.</exception>
    IReadOnlyList<QueueItem> Claim(string name, string who, int count, DateTimeOffset until, bool skipped = false);

    /// <summary>Records answers and their annotations in one transaction. Returns each answer's ledger entry; null where it made none.</summary>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>, <c>ImageNotInQueue</c>; those of <see cref="Annotate"/>.</exception>
    IReadOnlyList<Annotation?> Answer(string name, string who, IReadOnlyList<QueueAnswer> answers);

    /// <summary>Forgets a person's answers, so that the images are theirs again until the given time; what the ledger says stays.</summary>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>.</exception>
    void Reopen(string name, string who, IReadOnlyCollection<string> imageIds, DateTimeOffset until);

    /// <summary>Sets the order of a queue: higher comes first. Images not named keep theirs.</summary>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>.</exception>
    void SetPriorities(string name, IReadOnlyDictionary<string, double> priorities);

    /// <summary>Forgets a queue; what was answered stays in the ledger.</summary>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>.</exception>
    void RemoveQueue(string name);

    // ---- datasets

    /// <summary>All datasets, by name.</summary>
    IReadOnlyList<Dataset> Datasets();

    /// <summary>The dataset of that name, or null.</summary>
    Dataset? FindDataset(string name);

    /// <summary>Adds images already in the catalogue to a dataset, made on first use. Returns how many were new to it.</summary>
    int AddMembers(string dataset, IReadOnlyCollection<string> imageIds, DataSplit split = DataSplit.None);

    /// <summary>Gives splits to images of a dataset that have none yet, and remembers the tag they are grouped by.</summary>
    /// <exception cref="FlywheelException"><c>SplitIsSticky</c>: an image would move from one split to another.</exception>
    void AssignSplits(string dataset, IReadOnlyDictionary<string, DataSplit> splits, string? groupBy);

    /// <summary>Records the dataset as it stands as an immutable version; the same content gives the same version.</summary>
    DatasetVersion Snapshot(string dataset);

    /// <summary>All recorded versions of a dataset, oldest first.</summary>
    IReadOnlyList<DatasetVersion> Versions(string dataset);

    /// <summary>The rows of a version, by id or unambiguous prefix, sorted by image id; null if there is none.</summary>
    IReadOnlyList<DatasetVersionEntry>? VersionEntries(string versionId);

    // ---- models and predictions

    /// <summary>Records a model.</summary>
    void AddModel(Model model);

    /// <summary>All models, oldest first.</summary>
    IReadOnlyList<Model> Models();

    /// <summary>The newest model with that name, or the one with that id or unambiguous id prefix; null if there is none.</summary>
    Model? FindModel(string nameOrId);

    /// <summary>Records predictions.</summary>
    void AddPredictions(IReadOnlyList<Prediction> predictions);

    /// <summary>
    /// Records predictions and the images they are of, in one transaction. An image whose picture was not kept comes with an empty path:
    /// its measurements and tags are recorded, and no source.
    /// </summary>
    void AddPredictions(IReadOnlyList<Prediction> predictions, string dataset, IReadOnlyList<ImageRecord> images, string author);

    /// <summary>Streams predictions with the truth and the newest report as known now, oldest first unless asked otherwise.</summary>
    IEnumerable<Prediction> Predictions(PredictionQuery query);

    /// <summary>The prediction with that id or unambiguous id prefix (at least eight characters); null if there is none.</summary>
    Prediction? FindPrediction(string id);

    /// <summary>Appends reports on predictions; one with an id already there adds nothing.</summary>
    /// <exception cref="FlywheelException"><c>PredictionNotFound</c>: a report is about an unknown prediction; nothing is recorded.</exception>
    void AddFeedback(IReadOnlyList<Feedback> feedback);

    /// <summary>Streams reports, oldest first.</summary>
    IEnumerable<Feedback> Feedback(FeedbackQuery query);

    /// <summary>Records images drawn for audit; the same image of the same task adds nothing.</summary>
    void AddAuditPicks(IReadOnlyList<AuditPick> picks);

    /// <summary>Images drawn for audit, oldest first.</summary>
    IReadOnlyList<AuditPick> AuditPicks(string? modelId = null);

    // ---- registry

    /// <summary>Records a published version and returns it with its number.</summary>
    ModelVersion AddModelVersion(ModelVersion version);

    /// <summary>All published versions, oldest first.</summary>
    IReadOnlyList<ModelVersion> ModelVersions();

    /// <summary>Forgets a version.</summary>
    /// <exception cref="FlywheelException"><c>ModelVersionInUse</c>: an alias points to it. <c>ModelVersionNotFound</c>.</exception>
    void RemoveModelVersion(int number);

    /// <summary>Forgets a model under all its names, and its versions. Predictions and history keep its id.</summary>
    /// <exception cref="FlywheelException"><c>ModelVersionInUse</c>: an alias points to one of its versions; nothing is changed. <c>ModelNotFound</c>.</exception>
    void RemoveModel(string modelId);

    /// <summary>All aliases, by name.</summary>
    IReadOnlyList<ModelAlias> Aliases();

    /// <summary>The alias of that name, or null. Cheap enough to ask several times a second.</summary>
    ModelAlias? FindAlias(string name);

    /// <summary>Moves aliases and appends to their history: all of them, or none.</summary>
    /// <exception cref="FlywheelException"><c>AliasMovedMeanwhile</c>: an alias does not point where <see cref="AliasMove.From"/> says. <c>ModelVersionNotFound</c>.</exception>
    void MoveAliases(IReadOnlyList<AliasMove> moves);

    /// <summary>The history, oldest first, of one alias or of all.</summary>
    IReadOnlyList<AliasMove> AliasMoves(string? alias = null);

    // ---- results to look back at

    /// <summary>Appends a result.</summary>
    void AddReport(StoredReport report);

    /// <summary>Results of a kind, oldest first.</summary>
    IReadOnlyList<StoredReport> Reports(string kind, string? modelId = null, DateTimeOffset? since = null);
}
