namespace Flywheel.Insight.Estimation;

/// <summary>Accuracy estimated without labels.</summary>
/// <param name="Known">False: cannot be known; <paramref name="Reason"/> says why.</param>
/// <param name="Reason">Why it cannot be known; empty if it can.</param>
/// <param name="Best">The best estimate; NaN without shifted reference.</param>
/// <param name="Low">Lower end, of sampling and of the error the method makes on shifts it was not made from.</param>
/// <param name="High">Upper end.</param>
/// <param name="Estimates">The single estimates, each with its sampling interval.</param>
/// <param name="Spread">Largest difference between single estimates.</param>
/// <param name="ShiftStrength">How far the window's signals lie from the reference's, in the reference's deviations: the largest of confidence, agreement and views.</param>
/// <param name="DomainAuc">How well window and reference can be told apart; NaN if not measured.</param>
/// <param name="Nearest">Distance from the nearest shift tried, in the shifts' own deviations; NaN without.</param>
/// <param name="MethodError">Root-mean-square error of the estimate on left-out families near the window; NaN without.</param>
/// <param name="Right">Probability that each of the window's predictions is right, by the best method there is.</param>
/// <param name="Precision">By predicted label: estimated share of right answers, with the interval widened by the method's error.</param>
public sealed record LabelFreeResult(
    bool Known,
    string Reason,
    double Best,
    double Low,
    double High,
    IReadOnlyList<Metric> Estimates,
    double Spread,
    double ShiftStrength,
    double DomainAuc,
    double Nearest,
    double MethodError,
    double[] Right,
    IReadOnlyList<Metric> Precision);
