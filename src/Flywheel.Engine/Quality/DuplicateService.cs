using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;

namespace Flywheel.Engine.Quality;

/// <summary>Finds the copies of a data set.</summary>
public static class DuplicateService
{
    const int MostTiles = 300;

    /// <summary>Sets of near-identical images, the largest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Name of the dataset.</param>
    /// <param name="distance">Differing bits of the hash up to which pictures are compared, 0..11.</param>
    /// <param name="across">Only sets in more than one split.</param>
    /// <param name="contactSheet">PNG file to draw them into, or null.</param>
    /// <param name="reporter">Gets progress, and how many pictures could not be read.</param>
    /// <param name="token">Obeyed.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>ContactSheetNotWritable</c>.</exception>
    public static IReadOnlyList<DuplicateSet> Find(Workspace workspace, string dataset, int distance, bool across, string? contactSheet, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(reporter);
        List<FlywheelImage> images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = workspace.GetDataset(dataset).Name })];
        var thumbnails = new Thumbnails(images);
        var pairs = DuplicateFinder.Find(images, thumbnails, distance, reporter, token);
        if (thumbnails.Unreadable.Count(i => images[i].Path.Length > 0) is var unread and > 0) reporter.Warning($"{unread} pictures could not be read and were not compared.");
        var sets = DuplicateFinder.Sets(images, pairs);
        if (across) sets = [.. sets.Where(s => s.Across).Select((s, at) => s with { Number = at + 1 })];
        if (contactSheet is not null)
        {
            List<ContactSheetTile> tiles = [];
            foreach (var set in sets.TakeWhile(s => tiles.Count + s.Count <= MostTiles))
                tiles.AddRange(set.Images.Where(i => i.Path.Length > 0).Select(i => new ContactSheetTile(i.Path, i.Label ?? i.Name, i.Split == DataSplit.None ? "" : i.Split.ToString())
                {
                    Section = FormattableString.Invariant($"{set.Number}: {set.Why}"),
                    Frame = ReferenceEquals(i, set.Keep) ? "#27ae60" : null,
                }));
            if (tiles.Count > 0) ContactSheet.Save(contactSheet, tiles, new ContactSheetOptions { Heading = FormattableString.Invariant($"{dataset}: {sets.Count:N0} sets of copies, {sets.Sum(s => s.Count - 1):N0} images more than needed"), Columns = 12 }, token);
            else reporter.Information($"Without copies there is nothing to draw: '{contactSheet}' was not written.");
        }
        return sets;
    }
}
