using System.Text.Json;

namespace Flywheel.Server.Observing;

/// <summary>The server's own messages as lines of JSON in a rolling file.</summary>
sealed class FileLoggerProvider(RollingFile file, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new FileLogger(file, time, categoryName);

    public void Dispose() => GC.KeepAlive(file); // whoever made it closes it, after the last message

    sealed class FileLogger(RollingFile file, TimeProvider time, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            file.Add(JsonSerializer.Serialize(new { time = time.GetUtcNow(), level = logLevel.ToString(), category, message = formatter(state, exception), exception = exception?.ToString() }));
        }
    }
}
