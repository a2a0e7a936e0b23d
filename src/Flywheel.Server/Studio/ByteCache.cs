namespace Flywheel.Server.Studio;

/// <summary>Bytes by key, those used longest ago given up first.</summary>
/// <param name="capacity">Most bytes kept.</param>
sealed class ByteCache(long capacity)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<(string Key, byte[] Bytes)>> _nodes = new(StringComparer.Ordinal);
    readonly LinkedList<(string Key, byte[] Bytes)> _used = new();
    long _bytes;

    /// <summary>What is kept, or made now; two who ask at once may both make it.</summary>
    public byte[] GetOrAdd(string key, Func<byte[]> make)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _used.Remove(node);
                _used.AddFirst(node);
                return node.Value.Bytes;
            }
        }
        var bytes = make();
        lock (_lock)
        {
            if (_nodes.ContainsKey(key) || bytes.Length > capacity / 4) return bytes;
            _nodes[key] = _used.AddFirst((key, bytes));
            _bytes += bytes.Length;
            while (_bytes > capacity)
            {
                var (old, freed) = _used.Last!.Value;
                _used.RemoveLast();
                _nodes.Remove(old);
                _bytes -= freed.Length;
            }
        }
        return bytes;
    }
}
