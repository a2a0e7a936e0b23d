using System.Buffers;

namespace Flywheel.Imaging;

/// <summary>A whole file in a reused buffer.</summary>
sealed class FileBytes : IDisposable
{
    byte[]? _buffer;
    readonly int _length;

    FileBytes(byte[] buffer, int length, long modifiedTicks)
    {
        _buffer = buffer;
        _length = length;
        ModifiedTicks = modifiedTicks;
    }

    public ReadOnlySpan<byte> Span => (_buffer ?? throw new ObjectDisposedException(nameof(FileBytes))).AsSpan(0, _length);

    /// <summary>Last write time, UTC ticks.</summary>
    public long ModifiedTicks { get; }

    /// <exception cref="FlywheelException"><c>ImageUnreadable</c>, <c>ImageTooLarge</c> (in bytes).</exception>
    public static FileBytes Read(string path, DecodeOptions options)
    {
        byte[]? buffer = null;
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            if (length > options.MaxBytes) throw ImageFaults.TooManyBytes(path, length, options.MaxBytes);
            buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(length, 1));
            var read = 0;
            while (read < length)
            {
                var n = RandomAccess.Read(handle, buffer.AsSpan(read, (int)length - read), read);
                if (n == 0) break; // somebody cut the file meanwhile: what is left will be judged as it is
                read += n;
            }
            var file = new FileBytes(buffer, read, File.GetLastWriteTimeUtc(handle).Ticks);
            buffer = null;
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw ImageFaults.Unreadable(path, e);
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
    }
}
