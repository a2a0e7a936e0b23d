using Flywheel.Formats.Sources;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// The files of each label in the order in which they would be chosen. Without a limit that is all of them; with one, further files
/// are taken where chosen ones fail or turn out to be copies of each other.
/// </summary>
sealed class ImportSelection
{
    readonly List<Queue> _queues = [];
    readonly int? _limit;

    sealed class Queue(string? label, List<SourceCandidate> files)
    {
        public string? Label { get; } = label;
        public List<SourceCandidate> Files { get; } = files;
        public int Taken { get; set; }
        public HashSet<string> Images { get; } = new(StringComparer.Ordinal);
    }

    public ImportSelection(IReadOnlyList<SourceCandidate> candidates, int? limit, long seed)
    {
        _limit = limit;
        foreach (var group in candidates.GroupBy(c => c.Label).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var files = group.ToList();
            if (limit is not null) files = [.. files.OrderBy(f => Turn(f.Relative, seed)).ThenBy(f => f.Relative, StringComparer.Ordinal)];
            _queues.Add(new Queue(group.Key, files));
        }
    }

    /// <summary>The files to look at next, by relative path; empty when every label has its share or no files are left.</summary>
    public List<SourceCandidate> NextRound()
    {
        var round = new List<SourceCandidate>();
        foreach (var queue in _queues)
        {
            var want = _limit is { } limit ? limit - queue.Images.Count : int.MaxValue;
            var take = Math.Clamp(want, 0, queue.Files.Count - queue.Taken);
            round.AddRange(queue.Files.GetRange(queue.Taken, take));
            queue.Taken += take;
        }
        round.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        return round;
    }

    /// <summary>Counts an image that went in.</summary>
    public void Count(string? label, string imageId)
    {
        if (_limit is not null) _queues.Find(q => q.Label == label)!.Images.Add(imageId);
    }

    /// <summary>A number drawn by seed and path: FNV-1a, then the finaliser of SplitMix64.</summary>
    static ulong Turn(string relative, long seed)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var c in relative) hash = (hash ^ c) * 1099511628211UL;
            hash ^= (ulong)seed * 0x9E3779B97F4A7C15UL;
            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return hash ^ (hash >> 31);
        }
    }
}
