namespace Flywheel.Engine.Reports;

/// <summary>A contact sheet of the page.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Note">What is shown, and of how many.</param>
/// <param name="Tiles">The pictures.</param>
sealed record ReportGallery(string Title, string Note, IReadOnlyList<ReportTile> Tiles);

/// <summary>One picture.</summary>
/// <param name="Path">The image file; one that cannot be read any more becomes a marked empty tile.</param>
/// <param name="Caption">First line.</param>
/// <param name="Detail">Second line.</param>
/// <param name="Tone">bad, good or plain: the colour of its edge.</param>
sealed record ReportTile(string Path, string Caption, string Detail, string Tone = "plain");
