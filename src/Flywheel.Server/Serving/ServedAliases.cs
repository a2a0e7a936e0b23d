namespace Flywheel.Server.Serving;

/// <summary>The aliases this endpoint follows.</summary>
/// <param name="Production">Whose version answers.</param>
/// <param name="Challenger">Whose version is scored in shadow, or null.</param>
sealed record ServedAliases(ModelSlot Production, ModelSlot? Challenger)
{
    public IEnumerable<ModelSlot> All => Challenger is null ? [Production] : [Production, Challenger];
}
