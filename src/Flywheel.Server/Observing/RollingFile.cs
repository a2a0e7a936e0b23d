using System.Text;
using System.Threading.Channels;

namespace Flywheel.Server.Observing;

/// <summary>
/// Lines to a file that is renamed to <c>.1</c> when it has grown enough (and <c>.1</c> to <c>.2</c>, …). A thread of its own writes; when the disk cannot
/// keep up, lines are dropped and counted rather than answers held up.
/// </summary>
sealed class RollingFile : IAsyncDisposable
{
    const int Files = 5;

    readonly string _path;
    readonly long _maxBytes;
    readonly Action _dropped;
    readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    readonly Task _writing;

    public RollingFile(string path, Action dropped, long maxBytes = 10 << 20)
    {
        _path = path;
        _maxBytes = maxBytes;
        _dropped = dropped;
        _writing = Task.Run(WriteAsync);
    }

    public void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line)) _dropped();
    }

    async Task WriteAsync()
    {
        StreamWriter? file = null;
        try
        {
            while (await _lines.Reader.WaitToReadAsync())
            {
                try
                {
                    while (_lines.Reader.TryRead(out var line))
                    {
                        file ??= Open();
                        file.Write(line);
                        file.Write('\n');
                        if (file.BaseStream.Position < _maxBytes) continue;
                        await file.DisposeAsync();
                        file = null;
                        Roll();
                    }
                    if (file is not null) await file.FlushAsync();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    _dropped(); // the disk refuses; the next line tries again
                    file = null;
                }
            }
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    StreamWriter Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        return new StreamWriter(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1 << 14), new UTF8Encoding(false), 1 << 14);
    }

    void Roll()
    {
        for (var i = Files - 1; i >= 1; i--)
            if (File.Exists($"{_path}.{i}")) File.Move($"{_path}.{i}", $"{_path}.{i + 1}", overwrite: true);
        File.Move(_path, $"{_path}.1", overwrite: true);
        File.Delete($"{_path}.{Files}");
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }
}
