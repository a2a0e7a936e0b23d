namespace Flywheel.Formats.Annotations;

/// <summary>What came back from a tool.</summary>
/// <param name="Format">labelstudio, labelstudio-min, cvat, coco, voc or folder.</param>
/// <param name="Task">The queue's name, if the file tells it.</param>
/// <param name="Answers">One or more for each image that the file knows.</param>
public sealed record ToolResult(string Format, string? Task, IReadOnlyList<ToolAnswer> Answers);
