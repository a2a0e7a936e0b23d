using Flywheel.Learning.Adaptation;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Tests;

public class PriorTests
{
    // A calibrated classifier: one number per picture, Gaussian by class, and the logits that Bayes' rule gives for equal priors.
    static float[] Calibrated(int count, double share1, long seed)
    {
        var random = new SeededRandom(seed);
        var logits = new float[2 * count];
        for (var i = 0; i < count; i++) logits[2 * i + 1] = (float)(2.5 * ((random.NextDouble() < share1 ? 1.25 : -1.25) + random.NextGaussian()));
        return logits;
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.85)]
    [InlineData(0.15)]
    public void The_shares_of_an_unlabelled_set_are_found(double share) =>
        Assert.InRange(PriorEstimate.ByLikelihood(Calibrated(4000, share, 2), 1, [0.5, 0.5])[1], share - 0.025, share + 0.025);

    [Fact]
    public void A_random_sample_is_counted_with_one_added_to_each_label()
    {
        var prior = PriorEstimate.FromSample([.. Enumerable.Repeat(1, 17), 0, 0, 0], 2);
        Assert.Equal(4 / 22.0, prior[0], 9);
        Assert.Equal(18 / 22.0, prior[1], 9);
    }

    [Fact]
    public void No_label_is_ever_given_up_wholly() => Assert.True(PriorEstimate.ByLikelihood(Calibrated(500, 1, 3), 1, [0.5, 0.5])[0] > 0.005);

    // scipy 1.x: minimize_scalar(lambda t: log_loss(y, softmax(logits/exp(t))), bounds=(-2, 2.5), method='bounded') on
    // logits [[3,0],[2,0],[-1,0],[0,4],[0,1],[0,-2],[5,0],[0,.5]], y [0,0,0,1,1,1,0,1]  with xatol 1e-10 gives log T = 0.5589583.
    [Fact]
    public void Temperature_has_the_lowest_log_loss()
    {
        float[] logits = [3, 0, 2, 0, -1, 0, 0, 4, 0, 1, 0, -2, 5, 0, 0, 0.5f];
        int[] labels = [0, 0, 0, 1, 1, 1, 0, 1];
        Assert.Equal(ExpectedTemperature, Scores.Temperature(logits, labels, 2), 3);
    }

    const double ExpectedTemperature = 1.7488498;

    [Fact]
    public void Pseudo_labels_follow_the_prior_and_leave_out_the_unsure()
    {
        // Model says 'one' on average with 0.5; told that one is rare, it needs more conviction.
        float[] logits = [3, 0, 0, 3, 0.5f, 0, 0, 0.5f];
        var (targets, usable) = new PseudoLabels(2, [0.9, 0.1]).From(logits);
        Assert.Contains(0, usable);
        Assert.Contains(2, usable);
        Assert.DoesNotContain(1, usable); // sure before, unsure against such a prior
        Assert.Equal(1, targets[0]);
        Assert.Equal(0, targets[1]);
    }
}
