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

    // ---- annotations

    /// <summary>Appends to the ledger and moves the current labels. A change to the label an image already has, by the same kind of source, adds nothing.</summary>
    IReadOnlyList<Annotation> Annotate(IReadOnlyList<AnnotationChange> changes);

    /// <summary>The ledger, oldest first, of one image or of all.</summary>
    IEnumerable<Annotation> Annotations(string? imageId = null);

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

    /// <summary>Streams predictions with the truth as known now, oldest first.</summary>
    IEnumerable<Prediction> Predictions(PredictionQuery query);
}
