using Flywheel.Engine.Training;
using Flywheel.Inference;

namespace Flywheel.Server.Serving;

/// <summary>A version in service: its one session, which lives until it was replaced and the last image leased to it is answered.</summary>
sealed class ServedModel
{
    readonly OnnxClassifier _network;
    int _leases = 1; // the slot's own

    ServedModel(ModelAlias alias, Model model, OnnxClassifier network)
    {
        Alias = alias;
        Model = model;
        _network = network;
    }

    /// <summary>The alias as it stood when this was loaded.</summary>
    public ModelAlias Alias { get; }

    public Model Model { get; }

    public ImagePreprocessing Input => _network.Preprocessing;

    /// <summary>Loads what an alias points to: every file checked against its checksums, the network tried once.</summary>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>, <c>ModelFileMissing</c>, <c>ModelChecksumMismatch</c>, <c>ModelFileInvalid</c>, <c>ModelLabelsDiffer</c>.</exception>
    public static ServedModel Load(ICatalogue catalogue, ModelAlias alias, int threads)
    {
        var model = catalogue.FindModel(alias.ModelId) ?? throw new FlywheelException("ModelNotFound", FaultCategory.NotFound, $"The alias '{alias.Name}' points to the model {alias.ModelId}, which the catalogue does not know.", alias.ModelId);
        var version = catalogue.ModelVersions().FirstOrDefault(v => v.Number == alias.Version) ?? throw new FlywheelException("ModelVersionNotFound", FaultCategory.NotFound, $"The alias '{alias.Name}' points to version {alias.Version}, which is not in the registry.", alias.Version);
        model = model with { Path = version.Path };
        ModelFolder.Verify(model);
        var network = OnnxClassifier.Load(ModelFolder.ReadOnnx(model), model.OnnxPath, threads);
        try
        {
            if (!network.Labels.SequenceEqual(model.Labels))
                throw new FlywheelException("ModelLabelsDiffer", FaultCategory.InvalidData, $"The model file '{model.OnnxPath}' has the labels {string.Join(", ", network.Labels)}; the catalogue says {string.Join(", ", model.Labels)}.", model.OnnxPath);
            network.Run(new float[network.Preprocessing.Length], 1); // also: the first answer is as fast as the others
            return new ServedModel(alias, model, network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public ScoredBatch Run(float[] input, int count) => _network.Run(input, count);

    /// <summary>False if it is no longer in service and its last lease ended.</summary>
    public bool TryLease()
    {
        for (var seen = Volatile.Read(ref _leases); seen > 0;)
        {
            var now = Interlocked.CompareExchange(ref _leases, seen + 1, seen);
            if (now == seen) return true;
            seen = now;
        }
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0) _network.Dispose();
    }
}
