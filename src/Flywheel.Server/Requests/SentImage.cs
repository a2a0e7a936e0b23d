using System.Buffers;
using Flywheel.Server.Errors;
using Flywheel.Server.Serving;

namespace Flywheel.Server.Requests;

/// <summary>An image's bytes as they were sent, in a pooled buffer that whoever takes them hands back.</summary>
readonly record struct SentImage(byte[] Buffer, int Length, string Name)
{
    const int FirstBuffer = 16 << 10;

    /// <summary>
    /// Reads a stream to its end. Memory is taken as the bytes come, whatever the length that was claimed, and counted against what the
    /// endpoint may hold.
    /// </summary>
    /// <exception cref="FlywheelException"><c>ImageTooLarge</c>, <c>EndpointBusy</c>.</exception>
    public static async Task<SentImage> ReadAsync(Stream stream, string name, int limit, Admission.Ticket ticket, CancellationToken token)
    {
        ticket.AddBytes(FirstBuffer);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), token);
                if (read == 0) return new SentImage(buffer, length, name);
                length += read;
                if (length > limit) throw TooLarge(name, limit);
                if (length < buffer.Length) continue;
                var size = (int)Math.Min(2L * buffer.Length, (long)limit + 1);
                ticket.AddBytes(size - buffer.Length);
                var larger = ArrayPool<byte>.Shared.Rent(size);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public static FlywheelException TooLarge(string name, int limit) =>
        Problem.Refuse("ImageTooLarge", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The image '{name}' has more than {limit:N0} bytes."), name, "Scale the picture down.");

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
