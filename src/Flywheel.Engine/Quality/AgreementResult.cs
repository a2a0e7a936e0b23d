namespace Flywheel.Engine.Quality;

/// <summary>Agreement, and what follows from it for every image.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Consensus">Every image with a vote, the least certain first.</param>
public sealed record AgreementResult(AgreementReport Report, IReadOnlyList<ImageConsensus> Consensus);
