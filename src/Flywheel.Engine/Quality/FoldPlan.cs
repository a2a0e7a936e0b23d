namespace Flywheel.Engine.Quality;

/// <summary>Divides images into folds.</summary>
static class FoldPlan
{
    /// <summary>Random folds in which every label has its share: each label's images are dealt out in random order, going on where the label before ended.</summary>
    public static int[] Random(IReadOnlyList<int> labels, int classes, int folds, SeededRandom random)
    {
        var fold = new int[labels.Count];
        var next = 0;
        for (var c = 0; c < classes; c++)
        {
            int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == c)];
            random.Shuffle<int>(members);
            foreach (var i in members) fold[i] = next++ % folds;
        }
        return fold;
    }

    /// <summary>Whole groups, largest first and in random order among equals, each into the fold that it leaves closest to an equal share of every label.</summary>
    public static int[] Grouped(IReadOnlyList<int> labels, int classes, IReadOnlyList<int> groups, int folds, SeededRandom random)
    {
        var count = groups.Count == 0 ? 0 : groups.Max() + 1;
        var counts = new int[count, classes];
        var sizes = new int[count];
        for (var i = 0; i < labels.Count; i++)
        {
            counts[groups[i], labels[i]]++;
            sizes[groups[i]]++;
        }
        var order = random.Permutation(count).OrderByDescending(g => sizes[g]).ToArray();
        var filled = new double[folds, classes];
        var foldOf = new int[count];
        foreach (var g in order)
        {
            var (best, least) = (0, double.PositiveInfinity);
            for (var f = 0; f < folds; f++)
            {
                // Least growth of the sum of squares: fills the emptiest, label by label.
                double growth = 0;
                for (var c = 0; c < classes; c++) growth += counts[g, c] * (2 * filled[f, c] + counts[g, c]);
                if (growth < least) (best, least) = (f, growth);
            }
            foldOf[g] = best;
            for (var c = 0; c < classes; c++) filled[best, c] += counts[g, c];
        }
        return [.. groups.Select(g => foldOf[g])];
    }
}
