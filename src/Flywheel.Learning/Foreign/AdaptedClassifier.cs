namespace Flywheel.Learning.Foreign;

/// <summary>A foreign classifier rewritten as one of Flywheel's.</summary>
/// <param name="Onnx">The ONNX file.</param>
/// <param name="Preprocessing">Its input.</param>
/// <param name="EmbeddingLength">Length of its embedding.</param>
/// <param name="EmbeddingSource">Where the embedding is taken from, in words.</param>
/// <param name="Parameters">Numbers in the graph's float initializers.</param>
/// <param name="ParityError">Largest difference of a probability from the network as it came.</param>
public sealed record AdaptedClassifier(byte[] Onnx, ImagePreprocessing Preprocessing, int EmbeddingLength, string EmbeddingSource, long Parameters, double ParityError);
