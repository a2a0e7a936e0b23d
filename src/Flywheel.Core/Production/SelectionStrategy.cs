namespace Flywheel;

/// <summary>How to choose which images to label.</summary>
public enum SelectionStrategy
{
    /// <summary>The best measured recipe: a few random images to keep an unbiased estimate, the rest by lowest margin, near-duplicates skipped.</summary>
    Auto,
    /// <summary>Uniformly at random.</summary>
    Random,
    /// <summary>Known failures at random, then suspected ones by suspicion.</summary>
    Failure,
    /// <summary>Smallest difference between the two highest probabilities (Scheffer et al., 2001).</summary>
    Margin,
    /// <summary>k-means++ on gradient embeddings: uncertain and diverse (BADGE, Ash et al., ICLR 2020).</summary>
    Diverse,
    /// <summary>
    /// At random within strata of confidence, with recorded chances: labels on them give an unbiased estimate of production accuracy with a
    /// narrower interval than plain random ones (Neyman, JRSS 1934).
    /// </summary>
    Audit,
    /// <summary>The most typical image of each of budget-many clusters (TypiClust, Hacohen et al., ICML 2022).</summary>
    Typical,
}
