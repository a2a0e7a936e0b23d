using Flywheel.Engine.Endpoints;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Serving;

/// <summary>
/// Lets in as many images and bytes as the endpoint can hold; whoever comes beyond is told to come back. This is the one bound: behind it
/// no queue can overflow.
/// </summary>
sealed class Admission
{
    /// <summary>Bytes of pictures in memory at once; room for at least two of the largest requests.</summary>
    readonly long _maxBytes;

    readonly int _maxImages;
    readonly Metrics _metrics;
    int _images;
    long _bytes;

    public Admission(EndpointOptions options, Metrics metrics)
    {
        _maxImages = options.MaxQueue;
        _maxBytes = Math.Max(128L << 20, 2 * options.MaxRequestBytes);
        _metrics = metrics;
        metrics.Gauge("flywheel_images_in_work", "Images between their admission and their answer.", () => Images);
        metrics.Gauge("flywheel_bytes_in_work", "Bytes of pictures between their admission and their answer.", () => Volatile.Read(ref _bytes));
    }

    public int Images => Volatile.Read(ref _images);

    public Ticket Enter() => new(this);

    /// <summary>What one request holds; given back when disposed.</summary>
    public sealed class Ticket(Admission owner) : IDisposable
    {
        int _images;
        long _bytes;

        /// <exception cref="FlywheelException"><c>EndpointBusy</c>.</exception>
        public void AddImage()
        {
            if (Interlocked.Increment(ref owner._images) > owner._maxImages)
            {
                Interlocked.Decrement(ref owner._images);
                owner._metrics.Refused.Add("images");
                throw Busy($"The endpoint has {owner._maxImages} images in work.");
            }
            _images++;
        }

        /// <exception cref="FlywheelException"><c>EndpointBusy</c>.</exception>
        public void AddBytes(long count)
        {
            if (Interlocked.Add(ref owner._bytes, count) > owner._maxBytes)
            {
                Interlocked.Add(ref owner._bytes, -count);
                owner._metrics.Refused.Add("bytes");
                throw Busy("The endpoint has all the pictures in memory it may hold.");
            }
            _bytes += count;
        }

        public void Dispose()
        {
            Interlocked.Add(ref owner._images, -_images);
            Interlocked.Add(ref owner._bytes, -_bytes);
            (_images, _bytes) = (0, 0);
        }

        static FlywheelException Busy(string message) => Problem.Refuse("EndpointBusy", message, action: "Send it again after the time in Retry-After.");
    }
}
