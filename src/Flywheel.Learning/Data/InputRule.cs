namespace Flywheel.Learning.Data;

/// <summary>Chooses a network's input from the pictures' own sizes and colours.</summary>
public static class InputRule
{
    const int SmallSide = 24;
    static readonly int[] s_sizes = [32, 48, 64, 96];
    static readonly int[] s_backboneSizes = [64, 96, 128, 160, 224];

    /// <summary>Share of grey pictures from which on colour is ignored.</summary>
    public const double GreyShare = 0.99;

    /// <summary>Colourfulness (Hasler and Süsstrunk, 0..255) below which a picture counts as grey.</summary>
    public const double GreyColorfulness = 1;

    /// <summary>
    /// The largest of 32, 48, 64, 96 that is at most two fifths of the median shorter side (an object that fills its picture needs no more) and
    /// at most the preset's limit; at least 32, or 24 for pictures smaller than 32. With production pictures at hand, the smaller of the two medians counts: detail that
    /// production does not have cannot be relied on. One channel if at least 99 % of the pictures are grey.
    /// </summary>
    public static ImagePreprocessing Choose(IEnumerable<FlywheelImage> training, IEnumerable<FlywheelImage> production, int limit)
    {
        var (side, grey) = Look(training);
        var (other, otherGrey) = Look(production);
        if (other > 0 && other < side) side = Math.Max(other, Math.Min(side, s_sizes[0]));
        var size = side < s_sizes[0] ? SmallSide : s_sizes.Where(s => s <= 0.4 * side && s <= limit).DefaultIfEmpty(s_sizes[0]).Max();
        return ImagePreprocessing.Raw(size, size, grey || (other > 0 && otherGrey) ? 1 : 3);
    }

    /// <summary>Side for a frozen backbone with free input size: the smallest of 64, 96, 128, 160, 224 that is at least 1.4 times the median shorter side.</summary>
    public static int ChooseForBackbone(IEnumerable<FlywheelImage> training)
    {
        var (side, _) = Look(training);
        return s_backboneSizes.Where(s => s >= 1.4 * side).DefaultIfEmpty(s_backboneSizes[^1]).Min();
    }

    static (double MedianSide, bool Grey) Look(IEnumerable<FlywheelImage> images)
    {
        List<int> sides = [];
        var grey = 0;
        foreach (var i in images)
        {
            sides.Add(Math.Min(i.Width, i.Height));
            if (i.Colorfulness < GreyColorfulness) grey++;
        }
        if (sides.Count == 0) return (0, true);
        sides.Sort();
        return (sides[sides.Count / 2], grey >= GreyShare * sides.Count);
    }
}
