namespace Flywheel;

/// <summary>A workspace at a glance.</summary>
/// <param name="Root">Its folder.</param>
/// <param name="Images">Images in the catalogue.</param>
/// <param name="Datasets">Datasets.</param>
/// <param name="Models">Models.</param>
/// <param name="Runs">Loop runs.</param>
/// <param name="CatalogueBytes">Size of the catalogue's file in bytes.</param>
/// <param name="SchemaVersion">The catalogue's schema version.</param>
public sealed record WorkspaceInfo(string Root, int Images, int Datasets, int Models, int Runs, long CatalogueBytes, int SchemaVersion);
