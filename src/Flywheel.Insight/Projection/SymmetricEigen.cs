namespace Flywheel.Insight.Projection;

/// <summary>Eigenvalues of small symmetric matrices by Jacobi's cyclic rotations (Golub and Van Loan, Matrix Computations, 8.5).</summary>
static class SymmetricEigen
{
    /// <summary>Solves; the matrix is used up.</summary>
    /// <returns>Eigenvectors as columns, and eigenvalues, largest first.</returns>
    public static (double[,] Vectors, double[] Values) Solve(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var vectors = new double[n, n];
        for (var i = 0; i < n; i++) vectors[i, i] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
        {
            double off = 0, diagonal = 0;
            for (var i = 0; i < n; i++)
            {
                diagonal += matrix[i, i] * matrix[i, i];
                for (var j = i + 1; j < n; j++) off += matrix[i, j] * matrix[i, j];
            }
            if (off <= 1e-30 * diagonal || off == 0) break;
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++) Rotate(matrix, vectors, p, q, n);
        }
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => matrix[i, i])];
        var sorted = new double[n, n];
        for (var c = 0; c < n; c++)
            for (var r = 0; r < n; r++) sorted[r, c] = vectors[r, order[c]];
        return (sorted, [.. order.Select(i => matrix[i, i])]);
    }

    static void Rotate(double[,] a, double[,] v, int p, int q, int n)
    {
        if (a[p, q] == 0) return;
        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        for (var i = 0; i < n; i++)
        {
            var (x, y) = (a[i, p], a[i, q]);
            a[i, p] = c * x - s * y;
            a[i, q] = s * x + c * y;
        }
        for (var i = 0; i < n; i++)
        {
            var (x, y) = (a[p, i], a[q, i]);
            a[p, i] = c * x - s * y;
            a[q, i] = s * x + c * y;
            (x, y) = (v[i, p], v[i, q]);
            v[i, p] = c * x - s * y;
            v[i, q] = s * x + c * y;
        }
    }
}
